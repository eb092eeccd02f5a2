import type { Preview, TemplateData } from '../../contract/types.ts'
import { defineKind } from '../entry.ts'
import { tagged } from '../preview.ts'
import { sizeOfPreview } from '../preview-size.ts'

export interface RawTemplate {
  engine: string
  file: string | null
  /** taken at once: the objects change after the render */
  locals: Preview
  parent: string | null
}

export const templateKind = defineKind({
  type: 'template',
  spine: 'template',
  seal: (entry) => 96 + sizeOfPreview((entry.data as RawTemplate).locals),
  shed(entry) {
    const raw = entry.data as RawTemplate
    const bytes = sizeOfPreview(raw.locals)
    raw.locals = tagged('more')
    return bytes
  },
  toData: (entry): TemplateData => entry.data as RawTemplate,
})
