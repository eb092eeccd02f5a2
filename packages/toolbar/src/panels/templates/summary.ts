import type { Entry, TemplateData } from '../../contract/types.ts'
import { definePanel, figure, ms, round } from '../panel.ts'
import { type Rows, selectRows } from '../select-rows.ts'
import { TEMPLATE_FIELDS, type TemplateRender, type TemplatesPanelData } from './data.ts'
import { toRows } from './view-rows.ts'

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

function toRenderRows(renders: readonly TemplateRender[]): RenderRow[] {
  const siblings = new Map<number, number>()
  for (const row of toRows(renders)) for (const { id } of row.renders) siblings.set(id, row.renders.length)
  return renders.map((render) => ({
    render: { ...render, ownMs: round(Math.max(0, render.ownMs)) },
    renders: siblings.get(render.id) ?? 1,
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
