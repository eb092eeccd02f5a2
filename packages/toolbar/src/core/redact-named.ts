import { isWord } from './redact-words.ts'

/**
 * Secrets in running text, by the name that stands before them: `password=x`, `"otp": "x"`, `Cookie: a=b`, and what drivers say of
 * columns. Each expression begins where a name begins and is bounded, so that hostile text costs linear time.
 */

interface Naming {
  isSecretKey(key: string, value?: unknown): boolean
  /** names that are a secret as a key, but an ordinary word in a sentence */
  isOrdinaryWord(key: string): boolean
  /** names that the app has added: words under them are secrets, too */
  isOwnKey(key: string): boolean
  readonly mask: string
}

const assignment = /(?<![\w.%[\]-])([\w.%[\]-]{1,120})=(?!=)/g
const assigned = /\\*"[^"\n]{0,2000}"?|'[^'\n]{0,2000}'?|[^&#\s,;"']{1,2000}/y

/** `'password' => 'x'` of an inspected map, `[ 'password', 'x' ]` of a pair, `'Cookie', 'x'` of a list of headers */
const beside = /(\[\s{0,40})?\\{0,8}(["'])([\w.%[\]-]{1,80})\\{0,8}\2(?:\s{0,5}(=>)|,)\s{0,40}/g
const isHeader = /^(?:(?:set-)?cookie|(?:proxy-)?authorization|x-[\w-]+)$/i
const endOfList = /\s{0,40}\]/y

const naming = /(?<![\w.$-])([\w.$-]{1,80})(\\{0,8}["'])?\s{0,5}:(?!:|\/\/)\s{0,5}/g
const named =
  /\\+"[^"\n]{0,2000}"?|"(?:[^"\\\n]|\\[^\n]){0,2000}"?|'(?:[^'\\\n]|\\[^\n]){0,2000}'?|`(?:[^`\\]|\\[^\n]){0,2000}`?|\[[^\]]{0,2000}\]?|\{[^}]{0,2000}\}?|[^\s,;}\])"']{1,2000}/y
const quoted = /"(?:[^"\\\n]|\\[^\n]){1,2000}"?|'(?:[^'\\\n]|\\[^\n]){1,2000}'?|`(?:[^`\\]|\\[^\n]){1,2000}`?/y
const codeNaming = /(?<![\w.$-])([\w.$-]{1,80})["']?\]?\s{0,5}(?::|\?\?=|\|\|=|=(?![=>]))\s{0,5}/g
const restOfLine = /[^\n"'\\]{1,4000}/y

/** Text of logs, messages, URLs, commands. */
export function maskNamed(text: string, names: Naming): string {
  let result = text
  if (result.includes('=')) result = maskAssigned(result, names)
  if (/["'](?:,|\s{0,5}=>)/.test(result)) result = maskBeside(result, names)
  if (result.includes(':')) result = maskDescribed(result, names)
  return maskColumns(result, names)
}

/** Source code: only literals are secrets there, `password: req.body.password` is none. */
export function maskLiterals(code: string, names: Naming): string {
  return replaceValues(
    code,
    codeNaming,
    (found, from) => {
      const value = at(quoted, code, from)
      return value !== null && names.isSecretKey(found[1] as string, value.slice(1, -1)) ? value : null
    },
    names.mask,
  )
}

function maskAssigned(text: string, names: Naming): string {
  return replaceValues(
    text,
    assignment,
    (found, from) => {
      const key = decoded(found[1] as string)
      return names.isSecretKey(key, 'text') ? secretIn(key, at(assigned, text, from), names) : null
    },
    names.mask,
  )
}

function maskBeside(text: string, names: Naming): string {
  return replaceValues(
    text,
    beside,
    (found, from) => {
      const [, opened, , key, arrow] = found as unknown as [string, string | undefined, string, string, string | undefined]
      if (!names.isSecretKey(key, 'text')) return null
      const value = at(named, text, from)
      if (value === null) return null
      const isPair =
        arrow !== undefined || isHeader.test(key) || (opened !== undefined && at(endOfList, text, from + value.length) !== null)
      return isPair ? secretIn(key, value, names) : null
    },
    names.mask,
  )
}

function maskDescribed(text: string, names: Naming): string {
  return replaceValues(
    text,
    naming,
    (found, from) => {
      const [, key, quote] = found as unknown as [string, string, string | undefined]
      // most names are none of a secret: what stands behind those is not looked at
      if (!names.isSecretKey(key, 'text')) return null
      if (quote === undefined && /(?:error|exception)$/i.test(key)) return null
      if (quote === undefined && /(?:authorization|cookie)$/i.test(key)) {
        const line = at(restOfLine, text, from)
        if (line !== null) return line.includes(names.mask) || isSentence.test(line) ? null : line
      }
      const value = secretIn(key, at(named, text, from), names)
      const inSentence = value !== null && quote === undefined && !/^[\\"'`]/.test(value)
      return inSentence && (names.isOrdinaryWord(key) || (isWord(value) && !names.isOwnKey(key)) || isMark.test(value)) ? null : value
    },
    names.mask,
  )
}

/** `Authorization: required`, `Cookie: not set`: words, and none that begins a credential */
const isSentence = /^(?!(?:bearer|basic|digest|token|api-?key|negotiate|hmac)\s)\p{L}{1,15}(?: \p{L}{1,15}){0,8}[.!]?$/iu
const isMark = /^[^\p{L}\p{N}[{]{1,5}$/u

/** Placeholders, types and small numbers are no secrets. */
const harmless = /^(?:\?|[$:@]\w+|%s|\d{1,3}|true|false|null|undefined|NaN|string|number|boolean|Bearer|Basic|Digest|\[\]|\{\})[)]*$/

/** The value, if it is one that can be a secret. */
function secretIn(key: string, value: string | null, names: Naming): string | null {
  const bare = value?.replace(/^\\*["'`]|(?<!\\)\\*["'`]$/g, '') ?? ''
  // a mask has spaces, where a value may end
  if (bare === '' || bare.startsWith(names.mask) || names.mask.startsWith(`${bare} `)) return null
  // `tokens: 1523`: a number of them
  const innocent = harmless.test(bare) || (/tokens$/i.test(key) && /^\d+$/.test(bare))
  const secret = !innocent || (/^\d+$/.test(bare) && names.isSecretKey(key, Number(bare)))
  return secret ? value : null
}

const longestMessage = 20_000
const keyColumns = /\(([^\n=(]{1,200})\)=\(/g
const keyValues = /[^\n]{0,2000}?(?=\)(?:\s|$))|[^\n]{1,2000}/y

/** What databases repeat of the values of a row. */
function maskColumns(text: string, names: Naming): string {
  if (text.length > longestMessage) return text
  let result = text
  if (result.includes('Failing row contains (')) result = result.replace(/(Failing row contains \().{1,4000}/s, `$1${plain(names.mask)})`)
  if (result.includes('Duplicate entry '))
    result = result.replace(/(Duplicate entry )'(.{0,2000}?)'( for key '([^'\n]{1,200})')/gs, (all, before, _value, after, key) =>
      names.isSecretKey(key, 'text') ? `${before}'${names.mask}'${after}` : all,
    )
  if (result.includes(')=('))
    result = replaceValues(
      result,
      keyColumns,
      (found, from) =>
        (found[1] as string).split(/[, (:]+/).some((column) => names.isSecretKey(column, 'text')) ? at(keyValues, result, from) : null,
      names.mask,
    )
  if (result.includes(' for column '))
    result = result.replace(
      /(value: )'(.{0,2000}?)'( for column \S{0,200}?[`'."]([\w$]{1,64})[`'"]?)/gs,
      (all, before, _value, after, key) => (names.isSecretKey(key, 'text') ? `${before}'${names.mask}'${after}` : all),
    )
  return result
}

type Pick = (found: RegExpExecArray, from: number) => string | null

/** Goes through all names; what `pick` returns of the text behind one is replaced. Quotes around it stay. */
function replaceValues(text: string, find: RegExp, pick: Pick, mask: string): string {
  let out = ''
  let copied = 0
  find.lastIndex = 0
  for (let found = find.exec(text); found !== null; found = find.exec(text)) {
    const from = find.lastIndex
    const value = pick(found, from)
    if (value === null) continue
    const open = /^\\*["'`]/.exec(value)?.[0] ?? ''
    const close = open !== '' && value.length > open.length && value.endsWith(open) ? open : ''
    out += `${text.slice(copied, from)}${open}${mask}${close}`
    copied = from + value.length
    find.lastIndex = copied
  }
  return copied === 0 ? text : out + text.slice(copied)
}

function at(find: RegExp, text: string, from: number): string | null {
  find.lastIndex = from
  const found = find.exec(text)?.[0]
  return found === undefined || found === '' ? null : found
}

function plain(mask: string): string {
  return mask.replaceAll('$', '$$$$')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
