import type { Preview } from '../../contract/types.ts'

/** Fields of the filter, in the view and in the API. */
export const TEMPLATE_FIELDS = ['time', 'own', 'renders', 'queries', 'engine', 'file'] as const

export interface TemplateRender {
  id: number
  parentId: number | null
  name: string
  engine: string
  file: string | null
  startMs: number
  durationMs: number | null
  /** without the renders inside it */
  ownMs: number
  locals: Preview
  error: boolean
  /** queries that ran inside this render, its includes not counted */
  queries: number
}

/** Renders in start order; the view folds equal siblings into one row. */
export interface TemplatesPanelData {
  requestMs: number
  renders: TemplateRender[]
  /** union */
  durationMs: number
  truncated: number
}
