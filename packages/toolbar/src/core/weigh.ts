import type { Preview } from '../contract/types.ts'
import { fewestPacked, type Packer, packerOf, type RawEntry, type Shedding } from './entry.ts'
import { entryBytes } from './packed-entries.ts'
import { tagged } from './preview.ts'
import { sizeOfPreview } from './preview-size.ts'
import type { RequestRecord } from './record.ts'
import { SmallMap } from './small-map.ts'

const recordBytes = 2_500
/** of a short string, beside its characters */
const stringBytes = 24
/** characters kept of all headers of one side */
const headerChars = 65_536

/** characters of SQL that are read while a record is cut: some 50 ms */
const maxRead = 2_000_000

/** Pictures of a request's values, in the order in which they go when a record is too heavy. */
const pictures = ['files', 'user', 'session', 'requestBody', 'query', 'params'] as const

/** Lets go of what must not outlive the request, and cuts what exceeds `recordBytes`. @returns the bytes of the record, estimated */
export function weigh(record: RequestRecord): number {
  boundHeaders(record)
  const most = record.limits.recordBytes
  let load = new Load()
  let weights = weighEntries(record, load)
  if (load.bytes > most && record.packed !== null) {
    record.unpack()
    load = new Load()
    weights = weighEntries(record, load)
  }
  if (load.bytes > most) shed(record, load, weights)
  return load.bytes
}

/** @returns the bytes of each entry that is not packed */
function weighEntries(record: RequestRecord, load: Load): number[] {
  const { unpacked, packed, limits } = record
  load.bytes = recordBytes + weighFacts(record) - savedBytes(unpacked)
  if (packed !== null) {
    load.bytes += packed.bytes
    for (const text of packed.texts) load.hold(text)
  }
  const weights: number[] = []
  for (const entry of unpacked) {
    const weight = entryBytes + entry.kind.seal(entry, limits)
    weights.push(weight)
    load.bytes += weight
    load.hold(entry.name)
    load.hold(entry.kind.sharedText(entry))
  }
  return weights
}

interface Held {
  holders: number
}

/** Bytes of a record, and the texts that its entries share: each is counted once. */
class Load {
  bytes = 0
  private readonly texts = new SmallMap<string, Held>()

  hold(text: string | null): void {
    if (text === null || text === '') return
    const held = this.find(text)
    if (held.holders++ === 0) this.bytes += text.length * 2
  }

  release(text: string | null): void {
    if (text === null || text === '') return
    const held = this.find(text)
    if (--held.holders === 0) this.bytes -= text.length * 2
  }

  private find(text: string): Held {
    let held = this.texts.get(text)
    if (held === undefined) {
      held = { holders: 0 }
      this.texts.add(text, held)
    }
    return held
  }
}

/** Node's own limit is 16 KB, unless the app raised it; what an app answers has none. */
function boundHeaders({ facts }: RequestRecord): void {
  const { rawRequestHeaders, responseHeaders } = facts
  facts.rawRequestHeaders = firstPairs(rawRequestHeaders)
  if (responseHeaders === null) return
  if (typeof responseHeaders !== 'string') facts.responseHeaders = firstPairs(responseHeaders)
  // a copy: a slice would keep all of it
  else if (responseHeaders.length > headerChars) facts.responseHeaders = Buffer.from(responseHeaders.slice(0, headerChars)).toString()
}

function firstPairs(raw: readonly string[]): readonly string[] {
  let chars = 0
  for (let at = 0; at + 1 < raw.length; at += 2) {
    chars += (raw[at] as string).length + (raw[at + 1] as string).length
    if (chars > headerChars) return [...raw.slice(0, at), '…', `${(raw.length - at) / 2} more headers are not kept`]
  }
  return raw
}

function weighFacts({ facts }: RequestRecord): number {
  let bytes = (facts.url.length + (facts.referrer?.length ?? 0) + (facts.location?.length ?? 0)) * 2
  for (const header of facts.rawRequestHeaders) bytes += stringBytes + header.length
  const { responseHeaders } = facts
  if (typeof responseHeaders === 'string') bytes += responseHeaders.length
  else if (responseHeaders !== null) for (const text of responseHeaders) bytes += stringBytes + text.length
  if (facts.body !== null) bytes += facts.body.text.length * 2
  for (const name of pictures) bytes += sizeOfPicture(facts[name])
  return bytes
}

function sizeOfPicture(picture: Preview | undefined): number {
  return picture === undefined ? 0 : sizeOfPreview(picture)
}

/** What packing will win. */
function savedBytes(entries: readonly RawEntry[]): number {
  if (entries.length < fewestPacked()) return 0
  const counts = new Map<Packer, number>()
  for (const { kind } of entries) {
    const packer = packerOf(kind)
    if (packer !== undefined) counts.set(packer, (counts.get(packer) ?? 0) + 1)
  }
  let bytes = 0
  for (const [packer, count] of counts) if (count >= packer.from) bytes += count * packer.savedBytes
  return bytes
}

/**
 * Cuts the heaviest, least needed parts until the record fits: the body, then payloads of entries, latest first, then the latest entries
 * themselves, which count as not kept, and in the end the pictures of the request's own values.
 */
function shed(record: RequestRecord, load: Load, weights: number[]): void {
  const { facts, entries } = record
  const most = record.limits.recordBytes
  record.shed = true
  const shedding: Shedding = { chars: maxRead, cuts: new Map() }
  if (facts.body !== null) {
    load.bytes -= facts.body.text.length * 2
    facts.body = null
  }
  for (let index = entries.length - 1; index >= 0 && load.bytes > most; index--) {
    const entry = entries[index] as RawEntry
    const text = entry.kind.sharedText(entry)
    const freed = Math.min(entry.kind.shed(entry, record.limits, shedding), weights[index] as number)
    weights[index] = (weights[index] as number) - freed
    load.bytes -= freed
    load.hold(entry.kind.sharedText(entry))
    load.release(text)
  }
  while (load.bytes > most && entries.length > 0) {
    const entry = entries[entries.length - 1] as RawEntry
    load.bytes -= weights[entries.length - 1] as number
    load.release(entry.name)
    load.release(entry.kind.sharedText(entry))
    record.dropNewest()
  }
  for (const name of pictures) {
    if (load.bytes <= most) return
    load.bytes -= sizeOfPicture(facts[name])
    if (facts[name] !== undefined) facts[name] = tagged('more')
  }
}
