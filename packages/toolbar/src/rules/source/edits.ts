import type { FindingChange } from '../../contract/types.ts'
import { canParse, endOf, type SourceFile, startOf } from './parse.ts'

/** A piece of a text that becomes another. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

type Line = FindingChange['lines'][number]

/** lines of a change at most: longer ones are no help */
const maxLines = 160

/** changes kept of one file: the same finding comes with every request */
const maxChangesKept = 50

/**
 * Edits of a file as a diff of the lines they touch, with one around; `null` where the result would not parse, or is too long.
 * Made once as long as the file stays as it is.
 */
export function changeOf(source: SourceFile, edits: readonly Edit[]): FindingChange | null {
  const key = edits.map(({ start, end, text }) => `${start} ${end} ${text.length} ${text}`).join('\n')
  let change = source.changes.get(key)
  if (change === undefined) {
    change = makeChange(source, edits)
    if (source.changes.size >= maxChangesKept) source.changes.clear()
    source.changes.set(key, change)
  }
  return change
}

function makeChange(source: SourceFile, edits: readonly Edit[]): FindingChange | null {
  const changed = applyEdits(source.text, edits)
  if (!isParsed(source, edits)) return null
  const before = source.text.split(/\r?\n/)
  const after = changed.split(/\r?\n/)
  let from = 0
  while (from < before.length && from < after.length && before[from] === after[from]) from++
  let below = 0
  while (below < before.length - from && below < after.length - from && before.at(-1 - below) === after.at(-1 - below)) below++
  if (from === before.length && from === after.length) return null
  from = Math.max(0, from - 1)
  below = Math.max(0, below - 1)
  const lines = diff(before.slice(from, before.length - below), after.slice(from, after.length - below))
  return lines.length > maxLines ? null : { file: source.file, firstLine: from + 1, language: 'javascript', lines }
}

/** The statements of the file that the edits are in, parsed again. */
function isParsed(source: SourceFile, edits: readonly Edit[]): boolean {
  const from = Math.min(...edits.map(({ start }) => start))
  const to = Math.max(...edits.map(({ end }) => end))
  const around = source.program.program.body.filter((node) => endOf(node) >= from && startOf(node) <= to)
  const start = Math.min(from, ...around.map(startOf))
  const end = Math.max(to, ...around.map(endOf))
  const text = applyEdits(
    source.text.slice(start, end),
    edits.map((edit) => ({ start: edit.start - start, end: edit.end - start, text: edit.text })),
  )
  return canParse(source.file, text)
}

export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = ''
  let at = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    result += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + text.slice(at)
}

/** What it would look like, where the user's own lines cannot be changed safely. */
export function exampleOf(lines: readonly string[], language: FindingChange['language'] = 'javascript'): FindingChange {
  return { file: null, firstLine: 0, language, lines: lines.map((text): Line => ({ kind: 'added', text })) }
}

/** Lines in common are the longest run of them; both sides are short. */
function diff(before: readonly string[], after: readonly string[]): Line[] {
  if (before.length > maxLines || after.length > maxLines)
    return [...before.map((text): Line => ({ kind: 'removed', text })), ...after.map((text): Line => ({ kind: 'added', text }))]
  const width = after.length + 1
  const common = new Uint16Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      common[i * width + j] =
        before[i] === after[j]
          ? (common[(i + 1) * width + j + 1] as number) + 1
          : Math.max(common[(i + 1) * width + j] as number, common[i * width + j + 1] as number)
  const lines: Line[] = []
  let i = 0
  let j = 0
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ kind: 'same', text: before[i++] as string })
      j++
    } else if (j >= after.length || (i < before.length && (common[(i + 1) * width + j] as number) >= (common[i * width + j + 1] as number)))
      lines.push({ kind: 'removed', text: before[i++] as string })
    else lines.push({ kind: 'added', text: after[j++] as string })
  }
  return lines
}
