import type { Entry, TemplateData } from '../../contract/types.ts'
import { definePanel, figure, ms, round } from '../panel.ts'
import { type Rows, selectRows } from '../select-rows.ts'
import { TEMPLATE_FIELDS, type TemplateRender, type TemplatesPanelData } from './data.ts'

/** A render, and how many equal siblings the view folds into one row with it. */
interface RenderRow {
  render: TemplateRender
  renders: number
}

const renderRows: Rows<RenderRow, (typeof TEMPLATE_FIELDS)[number]> = {
  fields: TEMPLATE_FIELDS,
  toFields: ({ render: { name, file, engine, durationMs, ownMs, queries }, renders }) => ({
    text: [name, file],
    fields: { time: durationMs, own: ownMs, renders, queries, engine, file },
  }),
  sorts: {
    start: ({ render }) => render.startMs,
    time: ({ render }) => render.durationMs ?? 0,
    own: ({ render }) => render.ownMs,
    name: ({ render }) => render.name,
  },
}

export const templatesPanel = definePanel<TemplatesPanelData>({
  id: 'templates',
  title: 'Templates',
  types: ['template'],
  rows: renderRows,
  summary({ summary }) {
    const count = summary.counts.template ?? 0
    return count === 0 ? figure('0', 0) : figure(`${count.toLocaleString('en-US')} · ${ms(summary.times.template ?? 0)}`, count)
  },
  data(view, query, context) {
    const renders = new Map<number, TemplateRender>()
    for (const entry of view.entries) if (entry.type === 'template') renders.set(entry.id, toRender(entry as Entry<TemplateData>))
    for (const render of renders.values()) {
      const parent = render.parentId === null ? undefined : renders.get(render.parentId)
      if (parent !== undefined) parent.ownMs -= render.durationMs ?? 0
    }
    for (const entry of view.entries) {
      const render = entry.type === 'sql' && entry.parentId !== null ? renders.get(entry.parentId) : undefined
      if (render !== undefined) render.queries++
    }
    return {
      requestMs: view.summary.durationMs,
      renders: selectRows(toRenderRows([...renders.values()]), query, context, renderRows).map(({ render }) => render),
      durationMs: view.summary.times.template ?? 0,
      truncated: view.truncated.template ?? 0,
    }
  },
})

/** Equal are renders of one name and file below one parent, or below parents that are equal. A parent comes before what is inside of it. */
function toRenderRows(renders: readonly TemplateRender[]): RenderRow[] {
  const groups = new Map<string, { index: number; renders: number }>()
  const groupOf = new Map<number, { index: number; renders: number }>()
  for (const { id, parentId, name, file } of renders) {
    const above = parentId === null ? undefined : groupOf.get(parentId)
    const key = `${above?.index ?? ''}\n${name}\n${file}`
    const group = groups.get(key) ?? { index: groups.size, renders: 0 }
    group.renders++
    groups.set(key, group)
    groupOf.set(id, group)
  }
  return renders.map((render) => ({
    render: { ...render, ownMs: round(Math.max(0, render.ownMs)) },
    renders: groupOf.get(render.id)?.renders ?? 1,
  }))
}

function toRender(entry: Entry<TemplateData>): TemplateRender {
  const { id, parentId, name, startMs, durationMs, data } = entry
  return {
    id,
    parentId,
    name,
    engine: data.engine,
    file: data.file,
    startMs,
    durationMs,
    ownMs: durationMs ?? 0,
    locals: data.locals,
    error: entry.status === 'error',
    queries: 0,
  }
}
