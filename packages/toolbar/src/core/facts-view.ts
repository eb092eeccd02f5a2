import type { Preview, Site } from '../contract/types.ts'
import { placeOfFunction } from './function-places.ts'
import { cookiesIn, headerPairs, type Pair, responsePairs } from './headers.ts'
import { preview } from './preview.ts'
import type { RequestRecord } from './record.ts'
import type { Redactor } from './redact.ts'

export interface HeaderView {
  name: string
  value: string
  masked: boolean
  note: string | null
}

/** The facts of a request as readers see them. */
export interface FactsView {
  httpVersion: string
  remoteAddress: string | null
  requestHeaders: HeaderView[]
  responseHeaders: HeaderView[]
  cookies: [name: string, value: Preview][]
  params: Preview
  query: Preview
  body: Preview
  session: Preview
  user: Preview
  files: Preview
  handler: { name: string; site: Site | null } | null
  statusMessage: string
  contentType: string | null
  streamed: boolean
  injected: boolean
  notInjected: string | null
  json: Preview | null
  text: string | null
  bodyLength: number | null
  cpuUserMs: number
  cpuSystemMs: number
  loopUtilization: number
  loopDelayMs: number
  heapUsedBytes: number
  heapDeltaBytes: number
  concurrent: number
}

const nothing: Preview = { $: 'undefined' }

export function toFactsView(record: RequestRecord, redactor: Redactor): FactsView {
  const { facts, limits } = record
  const masked = (value: Preview | undefined): Preview => (value === undefined ? nothing : redactor.value(value))
  const body = bodyView(facts.body, record, redactor)
  return {
    httpVersion: facts.httpVersion,
    remoteAddress: facts.remoteAddress,
    requestHeaders: toHeaderViews(headerPairs(facts.rawRequestHeaders), redactor, facts.hidden),
    responseHeaders: toHeaderViews(responsePairs(facts.responseHeaders), redactor, []),
    cookies: cookiesOf(facts.rawRequestHeaders, redactor),
    params: masked(facts.params),
    query: masked(facts.query ?? parseQuery(facts, limits)),
    body: masked(facts.requestBody),
    session: masked(facts.session),
    user: masked(facts.user),
    files: masked(facts.files),
    handler: facts.handler === null ? null : { name: facts.handler.name, site: placeOfFunction(facts.handler.place?.deref()) },
    statusMessage: redactor.text(facts.statusMessage),
    contentType: facts.contentType,
    streamed: facts.streamed,
    injected: facts.injected,
    notInjected: facts.notInjected,
    ...body,
    cpuUserMs: facts.cpuUserMs,
    cpuSystemMs: facts.cpuSystemMs,
    loopUtilization: facts.loopUtilization,
    loopDelayMs: facts.loopDelayMs,
    heapUsedBytes: facts.heapUsedBytes,
    heapDeltaBytes: facts.heapDeltaBytes,
    concurrent: facts.concurrent,
  }
}

function bodyView(
  body: RequestRecord['facts']['body'],
  record: RequestRecord,
  redactor: Redactor,
): Pick<FactsView, 'json' | 'text' | 'bodyLength'> {
  if (body === null) return { json: null, text: null, bodyLength: null }
  if (body.text.length === body.length) {
    try {
      return {
        json: redactor.value(preview(JSON.parse(body.text), { ...record.limits, valueNodes: 5_000, valueKeys: 200 })),
        text: null,
        bodyLength: body.length,
      }
    } catch {
      // not JSON after all: shown as text
    }
  }
  return { json: null, text: redactor.text(body.text), bodyLength: body.length }
}

/** By the app's own parser where it has one; it is a pure function of the query. */
function parseQuery(facts: RequestRecord['facts'], limits: RequestRecord['limits']): Preview {
  const at = facts.url.indexOf('?')
  const text = at === -1 ? '' : facts.url.slice(at + 1)
  try {
    return preview(facts.queryParser === null ? Object.fromEntries(new URLSearchParams(text)) : facts.queryParser(text), limits)
  } catch {
    return preview(text, limits)
  }
}

const urlHeaders = new Set(['referer', 'location', 'origin', 'content-location', 'link', 'refresh'])

function toHeaderViews(pairs: readonly Pair[], redactor: Redactor, hidden: readonly string[]): HeaderView[] {
  return pairs.map(([name, value]) => {
    const lower = name.toLowerCase()
    const shown = maskHeader(lower, value, redactor)
    return {
      name: redactor.text(name),
      value: shown,
      masked: shown !== value,
      note: hidden.includes(lower) ? 'hidden from the app on this page' : null,
    }
  })
}

/** Names of cookies, the scheme of an authorization and the attributes of Set-Cookie stay readable. */
function maskHeader(name: string, value: string, redactor: Redactor): string {
  if (name === 'cookie')
    return value
      .split(';')
      .map((pair) => maskPair(pair, redactor.mask))
      .join(';')
  if (name === 'set-cookie') {
    const [pair, ...attributes] = value.split(';')
    return [maskPair(pair as string, redactor.mask), ...attributes].join(';')
  }
  if (name === 'authorization' || name === 'proxy-authorization') {
    const space = value.indexOf(' ')
    return space === -1 ? redactor.mask : `${value.slice(0, space)} ${redactor.mask}`
  }
  if (redactor.isSecretKey(name, value)) return redactor.mask
  if (name.includes('content-security-policy')) return value.replace(/'nonce-[^']{1,200}'/gi, `'nonce-${redactor.mask}'`)
  return urlHeaders.has(name) ? redactor.url(value) : redactor.text(value)
}

function maskPair(pair: string, mask: string): string {
  const equals = pair.indexOf('=')
  return equals === -1 ? mask : `${pair.slice(0, equals)}=${mask}`
}

/** shown; the header itself has all of them */
const maxCookies = 200

function cookiesOf(raw: readonly string[], redactor: Redactor): [string, Preview][] {
  return headerPairs(raw)
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, value]): [string, Preview][] => {
      const all = cookiesIn(value)
      const shown = all
        .slice(0, maxCookies)
        .map(([name, held]): [string, Preview] => [redactor.text(name), { $: 'masked', v: redactor.mask, length: held.length }])
      return all.length > maxCookies ? [...shown, ['…', { $: 'more', v: all.length - maxCookies }]] : shown
    })
}
