import { type Packer, packerOf, type RawEntry } from './entry.ts'
import { sizeOfPreview } from './preview-size.ts'
import type { RequestRecord } from './record.ts'

const entryBytes = 120
const recordBytes = 1_500

/** Lets go of what must not outlive the request, and cuts what exceeds `recordBytes`. @returns the bytes of the record, estimated */
export function weigh(record: RequestRecord): number {
  const { facts } = record
  const { entries } = record
  let bytes = recordBytes + entries.length * entryBytes - savedBytes(entries)
  const texts = new Set<string>()
  for (const entry of entries) {
    bytes += entry.kind.seal(entry, record.limits)
    const text = entry.kind.sharedText(entry)
    if (text === null || texts.has(text)) continue
    texts.add(text)
    bytes += text.length * 2
  }
  for (const header of facts.rawRequestHeaders) bytes += header.length
  if (facts.responseHeaders !== null)
    bytes += typeof facts.responseHeaders === 'string' ? facts.responseHeaders.length : facts.responseHeaders.join().length
  if (facts.body !== null) bytes += facts.body.text.length * 2
  for (const picture of [facts.params, facts.query, facts.requestBody, facts.session, facts.user, facts.files])
    if (picture !== undefined) bytes += sizeOfPreview(picture)
  if (bytes > record.limits.recordBytes) bytes -= shed(record, bytes - record.limits.recordBytes)
  return bytes
}

/** What packing will win. */
function savedBytes(entries: readonly RawEntry[]): number {
  const counts = new Map<Packer, number>()
  for (const { kind } of entries) {
    const packer = packerOf(kind)
    if (packer !== undefined) counts.set(packer, (counts.get(packer) ?? 0) + 1)
  }
  let bytes = 0
  for (const [packer, count] of counts) if (count >= packer.from) bytes += count * packer.savedBytes
  return bytes
}

/** Cuts the heaviest, least needed parts until the record fits: bodies, then payload pictures, latest first. */
function shed(record: RequestRecord, excess: number): number {
  let freed = 0
  record.shed = true
  if (record.facts.body !== null) {
    freed += record.facts.body.text.length * 2
    record.facts.body = null
  }
  const { entries } = record
  for (let index = entries.length - 1; index >= 0 && freed < excess; index--) {
    const entry = entries[index] as RawEntry
    freed += entry.kind.shed(entry)
  }
  return freed
}
