import type { Preview } from '../contract/types.ts'
import { maskEncoded } from './redact-encoded.ts'
import { maskJsonText } from './redact-json.ts'
import { maskLiterals, maskNamed } from './redact-named.ts'
import { maskPatterns } from './redact-patterns.ts'
import {
  headerNames,
  innocentKeys,
  numericSecrets,
  ordinaryWords,
  secretPairs,
  secretWholeKeys,
  secretWords,
  wordsOf,
} from './redact-words.ts'
import { findSqlSecrets } from './sql/secrets.ts'

/**
 * Secrets out, before anything leaves the process: by the name of what holds them, by their own shape, and wherever a value appears
 * again that stood under such a name.
 */

/** Additions to what is masked: the option `redact`. */
export interface RedactOptions {
  /** further key names; words of a name count, in any case: `nickname` also masks `userNickname`. Default none */
  keys: readonly string[]
  /** further value patterns, without the `y` flag, nested quantifiers or empty matches; all matches are replaced. Default none */
  patterns: readonly RegExp[]
  /** what stands in the place. Default `•••••••• masked` */
  replace: string
}

export interface Redactor {
  /** is a value under this key masked, whatever it is? */
  isSecretKey(key: string, value?: unknown): boolean
  /** a text with every secret in it replaced */
  text(text: string): string
  /** a picture with every secret in it replaced; `key` is the name it stands under */
  value(value: Preview, key?: string): Preview
  /** a URL: user info, secret parameters */
  url(url: string): string
  /** a line of source code: literals behind secret names, and what looks like a secret */
  code(line: string): string
  /** what `value` would mask by its name: the texts themselves */
  secretsIn(value: Preview): string[]
  /** the same, and these values are masked wherever they appear */
  knowing(values: readonly string[]): Redactor
  readonly mask: string
}

/** Drivers and knex put the statement, values included, in front of their messages. */
const sqlStart = /^\s*(?:select|insert|update|delete|replace|with|merge|alter|create|set|pragma|attach)\s/i

const jsonStart = /^\s*[[{]/

/** a name of a header (RFC 9110, 5.6.2) */
const isToken = /^[\w!#$%&'*+.^`|~-]{1,200}$/

const defaultMask = '•••••••• masked'

/** @param options additions to the built-in keys and patterns; nothing built in can be switched off */
export function createRedactor(options: Partial<RedactOptions> = {}): Redactor {
  const mask = options.replace ?? defaultMask
  const extraWords = new Set((options.keys ?? []).map((key) => wordsOf(key).join(' ')))
  const extraPatterns = (options.patterns ?? []).map(asGlobal)
  const known = new Map<string, boolean>()

  function isSecretName(key: string): boolean {
    let secret = known.get(key)
    if (secret === undefined) {
      secret = judge(key, extraWords)
      if (known.size > 5_000) known.clear()
      known.set(key, secret)
    }
    return secret
  }

  function isSecretKey(key: string, value?: unknown): boolean {
    if (!isSecretName(key)) return false
    if (value === null || value === undefined || typeof value === 'boolean') return false
    if (typeof value === 'number') return wordsOf(key).some((word) => numericSecrets.has(word))
    return true
  }

  const names = {
    isSecretKey,
    isOrdinaryWord: (key: string) => ordinaryWords.has(key.toLowerCase()),
    isOwnKey: (key: string) => isOwn(wordsOf(key), extraWords),
    mask,
  }
  const bySight = (text: string): string =>
    extraPatterns.reduce((result, pattern) => result.replace(pattern, () => mask), maskPatterns(text, mask))
  const byName = (text: string): string => {
    const sql = sqlStart.test(text) ? findSqlSecrets(text, text.includes("\\'") ? 'mysql' : 'postgresql', names).text : text
    return jsonStart.test(sql) ? maskJsonText(sql, isSecretKey, mask) : sql
  }
  return redactorWith(
    {
      mask,
      isSecretKey,
      text: (text) => maskNamed(bySight(byName(text)), names),
      code: (line) => bySight(maskLiterals(line, names)),
    },
    [],
  )
}

interface Masking {
  readonly mask: string
  isSecretKey(key: string, value?: unknown): boolean
  text(text: string): string
  code(line: string): string
}

/** How values are walked through, with a way to mask texts. */
function redactorWith(masking: Masking, values: readonly string[]): Redactor {
  const { mask, isSecretKey } = masking
  const masked: Preview = { $: 'masked', v: mask }
  /** where `secretsIn` collects them */
  let taken: string[] | null = null

  const withoutKnown = (text: string): string =>
    values.reduce((result, value) => (result.includes(value) ? result.replaceAll(value, () => mask) : result), text)

  const plainText = (value: string): string => masking.text(withoutKnown(value))

  const text = (value: string): string => (value.length < 4 ? value : maskEncoded(plainText(value), plainText))

  function hide(held: Preview): Preview {
    if (taken !== null) take(held, taken)
    return masked
  }

  /** Texts and lists of them. Of an object only what has a telling name: the path of a session's cookie is no secret. */
  function take(held: Preview, into: string[]): void {
    if (typeof held === 'string') into.push(held)
    else if (Array.isArray(held)) for (const item of held) take(item, into)
    else if (held !== null && typeof held === 'object') {
      if (typeof held.$ === 'string' && held.v !== undefined) take(held.v, into)
      else record(held)
    }
  }

  function value(picture: Preview, key?: string): Preview {
    if (key !== undefined && isSecretKey(key, picture)) return hide(picture)
    if (typeof picture === 'string') return taken === null ? text(picture) : picture
    if (picture === null || typeof picture !== 'object') return picture
    if (Array.isArray(picture)) return pairOf(picture) ?? headersOf(picture) ?? picture.map((item) => value(item))
    return record(picture)
  }

  /** `['password', 'x']` as maps and header lists have it */
  function pairOf(items: Preview[]): Preview | null {
    const [name, held] = items
    if (items.length !== 2 || typeof name !== 'string' || held === undefined || !isSecretKey(name, held)) return null
    return [text(name), hide(held)]
  }

  /** `['Host', 'x', 'Cookie', 'y']` as Node has headers; a list that was cut ends in a mark */
  function headersOf(items: Preview[]): Preview | null {
    const length = items.length - (items.length % 2)
    let known = false
    for (let index = 0; index < length; index += 2) {
      const name = items[index]
      if (typeof name !== 'string' || !isToken.test(name)) return null
      known ||= headerNames.has(name.toLowerCase())
    }
    if (!known || (length < items.length && typeof items[length] === 'string')) return null
    return items.map((item, index) => {
      if (index % 2 === 0 || index >= length) return value(item)
      return value(item, items[index - 1] as string)
    })
  }

  function record(picture: { [key: string]: Preview }): Preview {
    const result = Object.create(null) as { [key: string]: Preview }
    // `{ name: 'password', value: 'x' }` as form libraries have it
    const name = picture.name ?? picture.key
    const named = typeof name === 'string' && 'value' in picture && isSecretKey(name, picture.value)
    const special = typeof picture.$ === 'string'
    for (const key of Object.keys(picture)) {
      const held = picture[key] as Preview
      if (key === '$') result[key] = special ? held : value(held)
      else if (named && key === 'value') result[key] = hide(held)
      else if (special && key === 'v') result[key] = picture.$ === 'Buffer' ? bytes(held) : value(held)
      else result[taken === null ? text(key) : key] = value(held, key)
    }
    return result
  }

  /** The first bytes of a buffer, in hex: they can be text. */
  function bytes(held: Preview): Preview {
    if (typeof held !== 'string' || taken !== null) return held
    const read = Buffer.from(held, 'hex').toString('latin1')
    return text(read) === read ? held : mask
  }

  function url(address: string): string {
    const at = address.indexOf('?')
    if (at === -1) return encoded(address)
    const hash = address.indexOf('#', at)
    const query = address.slice(at + 1, hash === -1 ? undefined : hash)
    const pairs = query.split('&').map((pair) => {
      const equals = pair.indexOf('=')
      if (equals === -1) return encoded(pair)
      const held = pair.slice(equals + 1)
      const name = pair.slice(0, equals)
      // the name may tell only where it stands: `?code=`
      if (isSecretKey(decode(name), held) || text(`?${pair}`) !== `?${pair}`) return `${encoded(name)}=${mask}`
      return `${encoded(name)}=${encoded(held)}`
    })
    return `${encoded(address.slice(0, at))}?${pairs.join('&')}${hash === -1 ? '' : encoded(address.slice(hash))}`
  }

  /** Part of a URL, in which `+` can be a space. */
  function encoded(part: string): string {
    const shown = text(part)
    if (!shown.includes('+')) return shown
    const spaced = shown.replaceAll('+', ' ')
    const safe = text(spaced)
    return safe === spaced ? shown : safe
  }

  return {
    mask,
    isSecretKey,
    text,
    value,
    url,
    code: (line) => masking.code(withoutKnown(line)),
    secretsIn(picture) {
      const found: string[] = []
      taken = found
      value(picture)
      taken = null
      return found
    },
    knowing: (more) => (more.length === 0 ? redactorWith(masking, values) : redactorWith(masking, [...values, ...more])),
  }
}

function judge(key: string, extra: ReadonlySet<string>): boolean {
  const lower = key.toLowerCase()
  if (innocentKeys.has(lower)) return false
  if (secretWholeKeys.has(lower)) return true
  const words = wordsOf(key)
  if (secretWords.has(words.join(''))) return true
  if (isOwn(words, extra)) return true
  return words.some((word, index) => secretWords.has(word) || secretPairs.has(`${word}+${words[index + 1]}`))
}

/** Whether a word of a name, or all of them, are among those that the app has added. */
function isOwn(words: readonly string[], extra: ReadonlySet<string>): boolean {
  return extra.size > 0 && (extra.has(words.join(' ')) || words.some((word) => extra.has(word)))
}

function asGlobal(pattern: RegExp): RegExp {
  return pattern.global ? pattern : new RegExp(pattern.source, `${pattern.flags}g`)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
