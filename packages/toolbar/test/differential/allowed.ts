import type { Case, Line, Request, Variant } from './case.ts'
import type { Answer, Exchange, Pair } from './wire.ts'
import { statusOf, valuesOf } from './wire.ts'

/**
 * Every difference that the toolbar may make, and nothing else: what an answer has to be, computed from the request and from the answer of
 * the bare app. Each rule has a reason; the run fails when one is used by no case.
 */
export const rules = {
  'hidden request headers':
    'On a navigation the app does not see Accept-Encoding, If-None-Match and If-Modified-Since: it then sends the whole page, as text that a script can be appended to.',
  'id and timing': 'Every recorded answer says which record is its own, and how long it took, in one line each, wherever Node puts them.',
  'no room': 'Where the head of the app is over 6 KB already, it says neither: proxies and clients refuse heads that are too big.',
  script: 'A page that was navigated to gets one script at its end.',
  'content-length': 'The length that the app or Node promised grows by the length of the script.',
  'no-store': 'A page with the script must not be kept by a cache, whatever the app allows.',
  validators: 'What names or dates the bytes of the page, or lets caches keep it, is not true of the page with the script.',
  csp: 'Where the policy of the page would block the script, one source is added to script-src, and one to connect-src.',
  'last chunk': 'The script travels with the last chunk of the body, or in one of its own; chunks of the app stay as they are.',
  'own headers read back': 'Once the head is made, the app finds in it what was changed.',
  'frames in stacks':
    'A stack that an error page shows has frames of the toolbar, never two in a row but for its own middleware; in the place of the last ones of the app where it is full. ' +
    'All others are those of the app, in their order; of one that was called through the toolbar, Node does not say by which name.',
} as const
export type Rule = keyof typeof rules

const marks = { script: '<SCRIPT>', id: /^[\w-]{8,32}$/ }
const dropped =
  /^(?:etag|last-modified|expires|age|surrogate-control|(?:[\w-]+-)?cdn-cache-control|content-md5|digest|repr-digest|content-digest|accept-ranges)$/
const hidden = new Set(['accept-encoding', 'if-none-match', 'if-modified-since'])
const fragments = ['hx-request', 'turbo-frame', 'x-up-target', 'x-up-version', 'x-pjax', 'x-livewire', 'x-inertia']
const scriptText =
  /<script type="module" async src="((?:\/[\w-]+)*)\/__debug__\/assets\/[\w.-]+\.js#([\w-]+)" data-debug-toolbar="([\w-]+)"(?: nonce="([^"]+)")?><\/script>/

function ask(request: Request): { method: string; header(name: string): string | undefined; names: string[] } {
  const pairs = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)] as const)
  return {
    method: request.method ?? 'GET',
    names: pairs.map(([name]) => name),
    header: (name) => pairs.find(([key]) => key === name)?.[1],
  }
}

function isNavigation(request: Request): boolean {
  const { method, header, names } = ask(request)
  if (method !== 'GET') return false
  const destination = header('sec-fetch-dest')
  if (destination !== undefined) return destination === 'document'
  return /text\/html/i.test(header('accept') ?? '') && !names.some((name) => fragments.includes(name) || name === 'x-requested-with')
}

/** What the bare app is to be sent, so that it sees what the app below the toolbar sees. */
export function asTheAppSeesIt(row: Case, request: Request, used: (rule: Rule) => void): Request {
  const names = Object.keys(request.headers ?? {}).filter((name) => hidden.has(name.toLowerCase()))
  if (names.length === 0 || row.untouched === true || !isNavigation(request)) return request
  used('hidden request headers')
  return { ...request, headers: Object.fromEntries(Object.entries(request.headers ?? {}).filter(([name]) => !names.includes(name))) }
}

/** Whether the answer is a page that gets the script. */
export function getsScript(row: Case, variant: Variant, request: Request, bare: Answer): boolean {
  const { method, header, names } = ask(request)
  const value = (name: string): string => valuesOf(bare.headers, name).join(', ')
  const status = statusOf(bare)
  if (row.untouched === true || row.bypass === true || method !== 'GET') return false
  if (status < 200 || [204, 205, 206].includes(status) || (status >= 300 && status < 400)) return false
  if (!/^\s*text\/html\s*(?:;|$)/i.test(value('content-type'))) return false
  if (/utf-?(?:7|16|32)|ucs-?[24]|unicode|iso-10646/i.test(value('content-type')) || /^(?:\xff\xfe|\xfe\xff)/.test(bare.body)) return false
  if (!/^(?:identity)?$/i.test(value('content-encoding').trim())) return false
  if (!/^(?:|chunked)$/i.test(value('transfer-encoding'))) return false
  if (/^\s*attachment/i.test(value('content-disposition')) || value('trailer') !== '') return false
  if (names.includes('range') || names.includes('x-requested-with') || names.some((name) => fragments.includes(name))) return false
  if (!/^\d*$/.test(value('content-length'))) return false
  const destination = header('sec-fetch-dest')
  if (destination !== undefined) return destination === 'document'
  if (!/text\/html/i.test(header('accept') ?? '')) return false
  if (row.headFirst === 'sent' || (row.headFirst === 'held' && variant === 'http2')) return false
  return /^(?:\xef\xbb\xbf)?\s*(?:<!--[\s\S]*?-->\s*)?<(?:!doctype|html)\b/i.test(bare.body)
}

interface Compared {
  expected: unknown
  actual: unknown
}

/** Both sides of one exchange, brought to what has to be equal. Throws, with the reason, where something of ours is not as it must be. */
export function compareExchange(row: Case, variant: Variant, bare: Exchange, own: Exchange, used: (rule: Rule) => void): Compared {
  const expected: unknown[] = []
  const actual: unknown[] = []
  for (let index = 0; index < Math.max(bare.answers.length, own.answers.length); index++) {
    const [theirs, ours] = [bare.answers[index], own.answers[index]]
    const request = (row.requests ?? [])[index] ?? {}
    if (theirs === undefined || ours === undefined) {
      expected.push(theirs)
      actual.push(ours)
      continue
    }
    const taken = takeOurs(row, request, ours, theirs, used)
    const injected = getsScript(row, variant, request, theirs)
    const wanted = injected ? withScript(row, theirs, taken, used) : { ...theirs }
    if (row.cut === true) cutBodies(wanted, taken.answer)
    compareStacks(wanted, taken.answer, used)
    expected.push(withoutDate(wanted))
    actual.push(withoutDate(taken.answer))
  }
  const rest = ({ leftover, ending, streamErrors }: Exchange) => ({ leftover, ending, streamErrors })
  return { expected: { answers: expected, ...rest(bare) }, actual: { answers: actual, ...rest(own) } }
}

interface Taken {
  /** without what is ours, the script as a mark */
  answer: Answer
  id: string | null
  scriptBytes: number
  nonce: string | null
}

/** Takes what is ours out of an answer, and sees that it is what it must be. */
function takeOurs(row: Case, request: Request, own: Answer, bare: Answer, used: (rule: Rule) => void): Taken {
  const isId = ([name]: Pair): boolean => name.toLowerCase() === 'x-debug-toolbar-id'
  const isTiming = ([name, value]: Pair): boolean => name.toLowerCase() === 'server-timing' && value.includes('debug-toolbar;')
  const lines = own.headers.filter((pair) => isId(pair) || isTiming(pair))
  const id = lines.find(isId)?.[1] ?? null
  const headBytes = bare.headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
  if (row.untouched === true) must(lines.length === 0, `nothing of ours, got ${lines.join()}`)
  else if (headBytes > 6_144) {
    used('no room')
    must(lines.length === 0, `no header of ours where the app's are ${headBytes} bytes`)
  } else {
    used('id and timing')
    must(lines.filter(isId).length === 1 && marks.id.test(id ?? ''), `one id, got ${lines.join()}`)
    const timing = lines.filter(isTiming).map(([, value]) => value)
    must(
      timing.length === 1 &&
        /^total;dur=\d+\.\d(?:, [a-z]+;dur=\d+\.\d){0,18}, debug-toolbar;desc="([\w-]+)"$/.exec(timing[0] as string)?.[1] === id,
      `one Server-Timing line of ours, got ${timing.join(' | ')}`,
    )
    must(lines.join('\r\n').length < 1_024, 'under 1 KB of headers in all')
  }
  const headers = own.headers.filter((pair) => !lines.includes(pair))
  const answer = { ...own, headers }
  const found = scriptText.exec(own.body)
  if (found === null) return { answer, id, scriptBytes: 0, nonce: null }
  const [text, prefix, fragment, attribute, nonce] = found
  must(text.length < 400 && fragment === attribute && (id === null || id === attribute), `the script of this record, got ${text}`)
  must(request.target === undefined || request.target.startsWith(prefix as string), `a path below ${request.target}`)
  answer.body = `${own.body.slice(0, found.index)}${marks.script}${own.body.slice(found.index + text.length)}`
  return { answer, id, scriptBytes: text.length, nonce: nonce ?? null }
}

/** What the answer of the bare app is with a script at its end. The rest of `own` is only read where a rule says that a place is free. */
function withScript(row: Case, bare: Answer, taken: Taken, used: (rule: Rule) => void): Answer {
  const { answer, scriptBytes, nonce } = taken
  used('script')
  const lengthOf = ({ headers }: Answer): number => Number(valuesOf(headers, 'content-length')[0] ?? 0)
  // an answer that was cut off has promised the script, and says by how much
  const promised = scriptBytes === 0 && row.cut === true ? lengthOf(answer) - lengthOf(bare) : scriptBytes
  const headers = changedHeaders(bare.headers, answer.headers, { scriptBytes: promised, nonce }, used)
  const wanted: Answer = { ...bare, body: bare.body + marks.script, headers }
  // boundaries within the body of the app: only its end may have moved
  if (bare.framing === 'chunked') {
    used('last chunk')
    const inside = (all: readonly number[]): number[] => all.filter((offset) => offset < bare.body.length)
    wanted.boundaries = inside(bare.boundaries)
    answer.boundaries = inside(answer.boundaries)
  }
  must(scriptBytes > 0 || row.cut === true, 'one script')
  return wanted
}

function changedHeaders(
  bare: readonly Pair[],
  own: Pair[],
  { scriptBytes, nonce }: Pick<Taken, 'scriptBytes' | 'nonce'>,
  used: (rule: Rule) => void,
): Pair[] {
  const headers: Pair[] = []
  for (const [name, value] of bare) {
    const lower = name.toLowerCase()
    if (lower === 'content-length') {
      used('content-length')
      headers.push([name, String(Number(value) + scriptBytes)])
    } else if (lower === 'cache-control') {
      if (!headers.some(([key]) => key.toLowerCase() === lower)) headers.push([name, 'no-store'])
    } else if (dropped.test(lower)) used('validators')
    else headers.push([name, value])
  }
  used('no-store')
  if (valuesOf(headers, 'cache-control').length === 0) {
    const at = own.findIndex(([name, value]) => name.toLowerCase() === 'cache-control' && value === 'no-store')
    must(at !== -1, 'Cache-Control: no-store')
    own.splice(at, 1)
  }
  comparePolicies(headers, own, nonce, used)
  return headers
}

/** Policies are compared by what they say: ours may only add its nonce or path to two directives. */
function comparePolicies(wanted: Pair[], own: Pair[], nonce: string | null, used: (rule: Rule) => void): void {
  const name = 'content-security-policy'
  if (valuesOf(wanted, name).join(', ') === valuesOf(own, name).join(', ')) return
  used('csp')
  const said = (headers: readonly Pair[]): string[][] =>
    valuesOf(headers, name)
      .join(',')
      .split(',')
      .map((policy) => policy.split(';').map((part) => part.trim()))
  const before = said(wanted)
  said(own).forEach((policy, index) => {
    for (const directive of policy) {
      if (before[index]?.includes(directive)) continue
      const [key, ...sources] = directive.split(/\s+/)
      const old = (
        before[index]?.find((text) => text.startsWith(`${key} `)) ??
        before[index]?.find((text) => text.startsWith('default-src ')) ??
        ''
      ).split(/\s+/)
      const added = sources.filter((source) => !old.includes(source))
      must(/^(?:script-src(?:-elem)?|connect-src)$/.test(key ?? ''), `only script-src and connect-src change, not ${directive}`)
      must(added.length === 1 && (added[0] === `'nonce-${nonce}'` || added[0] === 'localhost/__debug__/'), `one source added: ${directive}`)
    }
  })
  for (const headers of [wanted, own])
    headers.splice(0, headers.length, ...headers.filter(([key]) => key.toLowerCase() !== name), [name, 'compared'])
}

/** What the app saw: equal, but for the length of the body and the headers that it reads back once they are made. */
export function compareLines(
  row: Case,
  variant: Variant,
  bare: readonly Line[],
  own: readonly Line[],
  exchanges: { bare: Exchange; own: Exchange },
  used: (rule: Rule) => void,
): Compared {
  const scripts = exchanges.own.answers.map((answer) => scriptText.exec(answer.body)?.[0].length ?? 0)
  const isPage = (index: number): boolean => {
    const answer = exchanges.bare.answers[index]
    return answer !== undefined && getsScript(row, variant, row.requests?.[index] ?? {}, answer)
  }
  const actual = own.map((line) => {
    if (!('headers' in line)) return line
    used('own headers read back')
    return { ...line, headers: line.headers.flatMap(withoutOurs) }
  })
  const expected = bare.map((line, index) => {
    if (!isPage(line.request)) return line
    const scriptBytes = scripts[line.request] ?? 0
    if ('length' in line) return { ...line, length: line.length + scriptBytes }
    if ('text' in line) return line
    const counterpart = actual[index]
    if (counterpart === undefined || !('headers' in counterpart)) return line
    return { ...line, headers: changedHeaders(line.headers, counterpart.headers, { scriptBytes, nonce: null }, used) }
  })
  return { expected, actual }
}

/** A header as the app reads it back, our own part taken out. */
function withoutOurs([name, value]: Pair): Pair[] {
  if (name.toLowerCase() === 'x-debug-toolbar-id') return []
  const left = value.replace(/(?:^|,\s*)total;dur=.*debug-toolbar;desc="[\w-]+"$/, '')
  return left === '' ? [] : [[name, left]]
}

/** The clock differs between two runs, on no account of ours. */
function withoutDate(answer: Answer): Answer {
  return { ...answer, headers: answer.headers.map(([name, value]) => (name.toLowerCase() === 'date' ? [name, 'a date'] : [name, value])) }
}

function cutBodies(one: Answer, other: Answer): void {
  for (const answer of [one, other]) {
    answer.body = ''
    answer.boundaries = []
  }
}

const frame = /<br> &nbsp; &nbsp;at ([^<]*)/g
const isOurs = (text: string): boolean => /toolbar\/dist\/|AsyncLocalStorage\.(?:run|enterWith)/.test(text)
/** The middleware itself, and what stands in its place on the bare side: a middleware more is in all stacks that are deep enough. */
const isMiddleware = (text: string): boolean => /\bdebugToolbar .*toolbar\/dist\/|differential\.test\.ts/.test(text)

/** Stacks of error pages, frame by frame; the rest of such a page has to be equal. */
function compareStacks(expected: Answer, actual: Answer, used: (rule: Rule) => void): void {
  const [theirs, ours] = [expected, actual].map(({ body }) => [...body.matchAll(frame)].map(([, text]) => text as string)) as [
    string[],
    string[],
  ]
  if (!ours.some(isOurs)) return
  used('frames in stacks')
  const shown = (frames: string[]): string[] => frames.map((text) => text.replace(/ \[as \w+\]/, ''))
  const wanted = shown(theirs.filter((text) => !isMiddleware(text)))
  const kept = shown(ours.filter((text) => !isOurs(text)))
  must(
    JSON.stringify(kept) === JSON.stringify(wanted.slice(0, kept.length)),
    `the frames of the app\n${wanted.join('\n')}\ngot\n${ours.join('\n')}`,
  )
  must(kept.length === wanted.length || ours.length === Error.stackTraceLimit, `a stack that is full, got\n${ours.join('\n')}`)
  const between = ours.filter((text) => !isMiddleware(text)).map(isOurs)
  must(!between.some((own, index) => own && between[index - 1]), `one at a time, got\n${ours.join('\n')}`)
  for (const answer of [expected, actual]) {
    answer.body = answer.body.replace(frame, '')
    answer.headers = answer.headers.map(([name, value]) => [name, name.toLowerCase() === 'content-length' ? 'of the stack' : value])
  }
}

function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(`expected ${what}`)
}
