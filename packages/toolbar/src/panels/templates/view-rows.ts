import type { TemplateRender } from './data.ts'

/** A line of the render tree: one render, or all siblings of the same file as one line. */
export interface TemplateRow {
  key: string
  depth: number
  renders: readonly TemplateRender[]
  ownMs: number
  totalMs: number
  queries: number
}

const sum = (renders: readonly TemplateRender[], pick: (render: TemplateRender) => number): number =>
  renders.reduce((total, render) => total + pick(render), 0)

/** The tree, siblings of one name folded into one line where the first of them stands; what is inside them is folded together too. */
export function toRows(all: readonly TemplateRender[]): TemplateRow[] {
  const known = new Set(all.map(({ id }) => id))
  const children = new Map<number | null, TemplateRender[]>()
  for (const render of all) {
    const parent = render.parentId !== null && known.has(render.parentId) ? render.parentId : null
    const list = children.get(parent)
    if (list) list.push(render)
    else children.set(parent, [render])
  }
  const rows: TemplateRow[] = []
  const visit = (renders: readonly TemplateRender[], depth: number): void => {
    const byName = new Map<string, TemplateRender[]>()
    for (const render of renders) {
      const name = `${render.name}\n${render.file}`
      const list = byName.get(name)
      if (list) list.push(render)
      else byName.set(name, [render])
    }
    for (const same of byName.values()) {
      rows.push({
        key: `t${same[0]?.id}`,
        depth,
        renders: same,
        ownMs: sum(same, ({ ownMs }) => ownMs),
        totalMs: sum(same, ({ durationMs }) => durationMs ?? 0),
        queries: sum(same, ({ queries }) => queries),
      })
      const inside = same.flatMap(({ id }) => children.get(id) ?? [])
      if (inside.length > 0) visit(inside, depth + 1)
    }
  }
  visit(children.get(null) ?? [], 0)
  return rows
}
