import type { Entry, EntryDetail, SourceExcerpt, StackFrame, TemplateData } from '../contract/types.ts'
import type { RecordView, ViewOptions } from './emit.ts'
import { toStackFrames } from './entries/exception.ts'
import { excerptOf } from './excerpt.ts'
import { maskExcerpt } from './mask-source.ts'
import type { Redactor } from './redact.ts'

/** One entry with its whole stack and the source around its place; `null` when the record does not have it. */
export function toEntryDetail(view: RecordView, id: number, { redactor }: ViewOptions): Omit<EntryDetail, 'actions'> | null {
  const entry = view.entries.find((candidate) => candidate.id === id)
  if (entry === undefined) return null
  const text = view.stackOf(id)
  const stack = text === null ? [] : toStackFrames(text)
  return {
    entry,
    stack,
    source: entry.site === null ? null : masked(excerptOf(entry.site.file, entry.site.line), redactor),
    template: templateOf(view, entry, stack, redactor),
  }
}

function masked(excerpt: SourceExcerpt | null, redactor: Redactor): SourceExcerpt | null {
  return excerpt === null ? null : maskExcerpt(excerpt, redactor)
}

/** The template that ran the entry: the innermost one on its stack, with its line; else the nearest render around it. */
function templateOf(view: RecordView, entry: Entry, stack: readonly StackFrame[], redactor: Redactor): EntryDetail['template'] {
  const byId = new Map(view.entries.map((one) => [one.id, one]))
  const files = new Set(view.entries.map(fileOfTemplate))
  const frame = stack.find(({ file }) => file !== null && files.has(file))
  if (frame?.file != null && frame.line !== null)
    return { file: frame.file, line: frame.line, excerpt: masked(excerptOf(frame.file, frame.line), redactor) }
  for (let at = entry.parentId === null ? undefined : byId.get(entry.parentId); at !== undefined; ) {
    const file = fileOfTemplate(at)
    if (file !== null) return { file, line: null, excerpt: null }
    at = at.parentId === null ? undefined : byId.get(at.parentId)
  }
  return null
}

function fileOfTemplate(entry: Entry): string | null {
  return entry.type === 'template' ? (entry.data as TemplateData).file : null
}
