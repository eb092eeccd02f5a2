import type { TimelinePanelData, TimelineRow } from './data.ts'

/** A line of the timeline: an entry, or entries that belong together. */
export interface Line {
  key: string
  depth: number
  /** what is drawn, in start order */
  rows: readonly TimelineRow[]
  /** `run`: repeats of one call; `small`: middleware that hardly took time; `logs`: marks on the axis; `request`: the whole, without rows */
  kind: 'request' | 'one' | 'run' | 'small' | 'logs'
  parent: boolean
  startMs: number
  endMs: number
}

/** From this many repeats on, calls of one name under one parent are one line. */
const RUN = 3
/** Middleware below this share of the request is folded with its neighbours. */
const SMALL = 0.02

const endOf = ({ startMs, durationMs }: TimelineRow, requestMs: number): number =>
  startMs + (durationMs ?? Math.max(0, requestMs - startMs))

/** The tree as lines, repeats and small runs folded unless they are in `opened`. */
export function toLines(data: TimelinePanelData, opened: ReadonlySet<string>, passes: (row: TimelineRow) => boolean): Line[] {
  const { requestMs } = data
  const known = new Set(data.rows.map(({ id }) => id))
  const children = new Map<number | null, TimelineRow[]>()
  const logs: TimelineRow[] = []
  for (const row of data.rows) {
    if (row.type === 'log') {
      if (passes(row)) logs.push(row)
      continue
    }
    const parent = row.parentId !== null && known.has(row.parentId) ? row.parentId : null
    const list = children.get(parent)
    if (list) list.push(row)
    else children.set(parent, [row])
  }
  const lines: Line[] = []
  const add = (kind: Line['kind'], rows: readonly TimelineRow[], depth: number): void => {
    const first = rows[0]
    if (!first) return
    lines.push({
      key: `${kind}${first.id}`,
      depth,
      rows,
      kind,
      parent: kind === 'one' && children.has(first.id),
      startMs: first.startMs,
      endMs: rows.reduce((end, row) => Math.max(end, endOf(row, requestMs)), 0),
    })
  }
  const isSmall = (row: TimelineRow): boolean =>
    row.type === 'middleware' && !children.has(row.id) && (row.durationMs ?? requestMs) < requestMs * SMALL
  const visit = (siblings: readonly TimelineRow[], depth: number): void => {
    const runs = new Map<string, TimelineRow[]>()
    for (const row of siblings) {
      if (children.has(row.id)) continue
      const name = `${row.type}\n${row.name}`
      const list = runs.get(name)
      if (list) list.push(row)
      else runs.set(name, [row])
    }
    let small: TimelineRow[] = []
    const flush = (): void => {
      if (small.length < RUN) for (const row of small) add('one', [row], depth)
      else {
        add('small', small, depth)
        if (opened.has(`small${small[0]?.id}`)) for (const row of small) add('one', [row], depth + 1)
      }
      small = []
    }
    for (const row of siblings) {
      const run = children.has(row.id) ? undefined : runs.get(`${row.type}\n${row.name}`)
      if (isSmall(row) && passes(row) && (run?.length ?? 0) < RUN) {
        small.push(row)
        continue
      }
      flush()
      if (run && run.length >= RUN) {
        if (run[0] !== row || !passes(row)) continue
        add('run', run, depth)
        if (opened.has(`run${row.id}`)) for (const member of run) add('one', [member], depth + 1)
        continue
      }
      if (passes(row)) add('one', [row], depth)
      visit(children.get(row.id) ?? [], depth + 1)
    }
    flush()
  }
  if (data.rows.some(passes))
    lines.push({ key: 'request', depth: 0, rows: [], kind: 'request', parent: true, startMs: 0, endMs: requestMs })
  visit(children.get(null) ?? [], 1)
  add('logs', logs, 1)
  return lines
}

export interface Window {
  from: number
  to: number
}

/** Ticks at round times, about eight of them. */
export function toTicks({ from, to }: Window): number[] {
  const raw = (to - from) / 8
  if (!(raw > 0)) return []
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw) ?? raw
  const first = Math.ceil(from / step)
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => Number(((first + index) * step).toFixed(6)))
}

/** From the first query to the last, `null` without any. */
export function toDatabaseWindow(data: TimelinePanelData): Window | null {
  const rows = data.rows.filter(({ type }) => type === 'sql')
  if (rows.length === 0) return null
  const from = Math.min(...rows.slice(0, 1).map(({ startMs }) => startMs))
  return { from: Math.max(0, from - 0.5), to: rows.reduce((end, row) => Math.max(end, endOf(row, data.requestMs)), 0) + 0.5 }
}
