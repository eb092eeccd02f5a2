import type { Entry, TemplateData } from '../../contract/types.ts'
import { definePanel, figure, ms, round } from '../panel.ts'
import { type Rows, selectRows } from '../select-rows.ts'
import type { TemplateRender, TemplatesPanelData } from './data.ts'

export const templatesPanel = definePanel<TemplatesPanelData>({
  id: 'templates',
  title: 'Templates',
  types: ['template'],
  summary({ summary }) {
    const count = summary.counts.template ?? 0
    return count === 0 ? figure('0', 0) : figure(`${count.toLocaleString('en-US')} · ${ms(summary.times.template ?? 0)}`, count)
  },
  data(view, query) {
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
      renders: selectRows(
        [...renders.values()].map((render) => ({ ...render, ownMs: round(Math.max(0, render.ownMs)) })),
        query,
        renderRows,
      ),
      durationMs: view.summary.times.template ?? 0,
      truncated: view.truncated.template ?? 0,
    }
  },
})

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

const renderRows: Rows<TemplateRender> = {
  toFields: ({ name, file, engine, durationMs, queries }) => ({ text: [name, file], fields: { file, engine, time: durationMs, queries } }),
  sorts: { start: (row) => row.startMs, time: (row) => row.durationMs ?? 0, own: (row) => row.ownMs, name: (row) => row.name },
}
