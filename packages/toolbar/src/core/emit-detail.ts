import type { Entry, EntryDetail } from '../contract/types.ts'
import type { RecordView, ViewOptions } from './emit.ts'
import { toStackFrames } from './entries/exception.ts'
import { excerptOf } from './excerpt.ts'

/** One entry with its whole stack and the source around its place; `null` when the record does not have it. */
export function toEntryDetail(view: RecordView, id: number, { redactor }: ViewOptions): Omit<EntryDetail, 'actions'> | null {
  const entry = view.entries.find((candidate) => candidate.id === id)
  if (entry === undefined) return null
  const text = view.stackOf(id)
  const place = entry.site
  const found = place === null ? null : excerptOf(place.file, place.line)
  return {
    entry,
    stack: text === null ? [] : toStackFrames(text),
    source: found === null ? null : { ...found, lines: found.lines.map((line) => redactor.text(line)) },
    template: templateOf(view, entry),
  }
}

/** The render whose template ran the entry: the nearest one around it. */
function templateOf(view: RecordView, entry: Entry): EntryDetail['template'] {
  const byId = new Map(view.entries.map((one) => [one.id, one]))
  for (let at = entry.parentId === null ? undefined : byId.get(entry.parentId); at !== undefined; ) {
    const { file } = (at.data ?? {}) as { file?: unknown }
    if (at.type === 'template' && typeof file === 'string') return { file, line: null, excerpt: null }
    at = at.parentId === null ? undefined : byId.get(at.parentId)
  }
  return null
}
