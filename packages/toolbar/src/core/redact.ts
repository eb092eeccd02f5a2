import type { Preview } from '../contract/types.ts'
import { maskJsonText } from './redact-json.ts'
import { innocentKeys, numericSecrets, secretPairs, secretWholeKeys, secretWords, wordsOf } from './redact-words.ts'
import { findSqlSecrets } from './sql/secrets.ts'

/**
 * Secrets out, before anything leaves the process: by the name of what holds them, and by their own shape.
 * Patterns are anchored on a literal prefix and bounded, so that hostile text costs linear time.
 */

/** Additions to what is masked: the option `redact`. */
export interface RedactOptions {
  /** further key names; words of a name count, in any case: `nickname` also masks `userNickname`. Default none */
  keys: readonly string[]
  /** further value patterns, without the `y` flag; all matches are replaced. Default none */
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
  readonly mask: string
}

interface Pattern {
  /** what must be in the text, in lower case, before the expression is tried */
  readonly hint: readonly string[]
  readonly find: RegExp
  /** `$1` and the like refer to groups; `MASK` is the mask */
  readonly by: string
}

const patterns: readonly Pattern[] = [
  { hint: ['eyj'], find: /(?<![\w-])eyJ[\w-]{8,2000}\.[\w-]{4,4000}(?:\.[\w-]{0,1000})?/g, by: 'MASK' },
  { hint: ['akia', 'asia'], find: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, by: 'MASK' },
  { hint: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], find: /\bgh[pousr]_[A-Za-z0-9]{20,255}/g, by: 'MASK' },
  { hint: ['github_pat_'], find: /\bgithub_pat_\w{22,255}/g, by: 'MASK' },
  { hint: ['glpat-'], find: /\bglpat-[\w-]{20,255}/g, by: 'MASK' },
  { hint: ['xox'], find: /\bxox[abeprs]-[\w-]{10,255}/g, by: 'MASK' },
  { hint: ['hooks.slack.com'], find: /hooks\.slack\.com\/services\/[\w/]{10,200}/g, by: 'hooks.slack.com/services/MASK' },
  { hint: ['k_live_', 'k_test_'], find: /\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,255}/g, by: 'MASK' },
  { hint: ['whsec_'], find: /\bwhsec_[A-Za-z0-9+/=]{16,255}/g, by: 'MASK' },
  { hint: ['aiza'], find: /\bAIza[\w-]{35}/g, by: 'MASK' },
  { hint: ['ya29.'], find: /\bya29\.[\w-]{20,2000}/g, by: 'MASK' },
  { hint: ['sg.'], find: /\bSG\.[\w-]{16,64}\.[\w-]{16,64}/g, by: 'MASK' },
  { hint: ['npm_'], find: /\bnpm_[A-Za-z0-9]{36}\b/g, by: 'MASK' },
  { hint: ['sk-'], find: /\bsk-(?:proj-|ant-)?[\w-]{20,300}/g, by: 'MASK' },
  { hint: ['hf_'], find: /\bhf_[A-Za-z0-9]{20,100}/g, by: 'MASK' },
  {
    hint: ['-----begin'],
    find: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g,
    by: 'MASK',
  },
  { hint: ['://'], find: /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{0,200}):[^\s/@]{1,200}@/gi, by: '$1:MASK@' },
  { hint: ['bearer ', 'basic ', 'digest '], find: /\b(Bearer|Basic|Digest) [A-Za-z0-9._~+/=-]{8,4000}/gi, by: '$1 MASK' },
  {
    hint: ['='],
    find: /((?:^|[?&;\s,"'])(?:access_token|refresh_token|id_token|api_?key|token|sig|signature|password|passwd|pwd|secret|client_secret|code)=)(?:"[^"\n]{1,2000}"|'[^'\n]{1,2000}'|[^&#\s,;"']{1,2000})/gi,
    by: '$1MASK',
  },
  {
    hint: ['pass', 'secret', 'token', 'key'],
    find: /((?:"|\\")?\b(?:password|passwd|pwd|passphrase|secret|client_?secret|token|access_?token|refresh_?token|api_?key)(?:"|\\")?\s{0,5}:\s{0,5})(?:"[^"\n]{1,2000}"|\\"[^"\n]{1,2000}\\"|'[^'\n]{1,2000}'|[^\s,;}\])"']{1,2000})/gi,
    by: '$1MASK',
  },
  { hint: ['accountkey=', 'sharedaccesskey='], find: /\b((?:AccountKey|SharedAccessKey)=)[A-Za-z0-9+/=]{10,200}/gi, by: '$1MASK' },
  { hint: ['$2a$', '$2b$', '$2y$'], find: /\$2[aby]\$\d{2}\$[./A-Za-z0-9]{53}/g, by: 'MASK' },
  { hint: ['$argon2'], find: /\$argon2(?:id?|d)\$[\w=,$+/-]{10,300}/g, by: 'MASK' },
  {
    hint: ['--'],
    find: /(--[\w-]{0,30}(?:password|passwd|secret|token|api-?key)(?:=|\s))[^\s]{1,2000}/gi,
    by: '$1MASK',
  },
]

/** Drivers and knex put the statement, values included, in front of their messages. */
const sqlStart = /^\s*(?:select|insert|update|delete|replace|with)\s/i

const jsonStart = /^\s*[[{]/

const defaultMask = '•••••••• masked'

/** @param options additions to the built-in keys and patterns; nothing built in can be switched off */
export function createRedactor(options: Partial<RedactOptions> = {}): Redactor {
  const mask = options.replace ?? defaultMask
  const extraWords = new Set((options.keys ?? []).map((key) => wordsOf(key).join(' ')))
  const extraPatterns = options.patterns ?? []
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

  function text(value: string): string {
    if (value.length < 4) return value
    let result = sqlStart.test(value)
      ? findSqlSecrets(value, value.includes("\\'") ? 'mysql' : 'postgresql', { isSecretKey, mask }).text
      : value
    if (jsonStart.test(result)) result = maskJsonText(result, isSecretKey, mask)
    const lower = result.toLowerCase()
    for (const pattern of patterns) {
      if (pattern.hint.some((hint) => lower.includes(hint)))
        result = result.replace(
          pattern.find,
          pattern.by.replace('MASK', () => mask.replaceAll('$', '$$$$')),
        )
    }
    if (/\d{4}/.test(value)) result = maskCards(result, mask)
    for (const pattern of extraPatterns) result = result.replace(asGlobal(pattern), () => mask)
    return result
  }

  function value(picture: Preview, key?: string): Preview {
    if (key !== undefined && isSecretKey(key, picture)) return { $: 'masked', v: mask }
    if (typeof picture === 'string') return text(picture)
    if (picture === null || typeof picture !== 'object') return picture
    if (Array.isArray(picture)) return pairOf(picture) ?? picture.map((item) => value(item))
    return record(picture)
  }

  /** `['password', 'x']` as maps and header lists have it */
  function pairOf(items: Preview[]): Preview | null {
    const [name, held] = items
    if (items.length !== 2 || typeof name !== 'string' || held === undefined || !isSecretKey(name, held)) return null
    return [text(name), { $: 'masked', v: mask }]
  }

  function record(picture: { [key: string]: Preview }): Preview {
    const result = Object.create(null) as { [key: string]: Preview }
    // `{ name: 'password', value: 'x' }` as form libraries have it
    const name = picture.name ?? picture.key
    const named = typeof name === 'string' && 'value' in picture && isSecretKey(name, picture.value)
    for (const key of Object.keys(picture)) {
      const held = picture[key] as Preview
      if (key === '$') result[key] = typeof held === 'string' ? held : value(held)
      else if (named && key === 'value') result[key] = { $: 'masked', v: mask }
      else if (key === 'v' && '$' in picture) result[key] = value(held)
      else result[text(key)] = value(held, key)
    }
    return result
  }

  function url(address: string): string {
    const at = address.indexOf('?')
    if (at === -1) return text(address)
    const hash = address.indexOf('#', at)
    const query = address.slice(at + 1, hash === -1 ? undefined : hash)
    const masked = query.split('&').map((pair) => {
      const equals = pair.indexOf('=')
      if (equals === -1) return text(pair)
      return isSecretKey(decode(pair.slice(0, equals)), pair.slice(equals + 1)) ? `${pair.slice(0, equals)}=${mask}` : text(pair)
    })
    return `${text(address.slice(0, at))}?${masked.join('&')}${hash === -1 ? '' : text(address.slice(hash))}`
  }

  return { isSecretKey, text, value, url, mask }
}

function judge(key: string, extra: ReadonlySet<string>): boolean {
  const lower = key.toLowerCase()
  if (innocentKeys.has(lower)) return false
  if (secretWholeKeys.has(lower)) return true
  const words = wordsOf(key)
  if (secretWords.has(words.join(''))) return true
  if (extra.size > 0 && extra.has(words.join(' '))) return true
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string
    if (secretWords.has(word)) return true
    const next = words[index + 1]
    if (next !== undefined && (secretPairs.has(`${word}+${next}`) || extra.has(word))) return true
    if (extra.has(word)) return true
  }
  return false
}

/** 13 to 19 digits, in groups or not, that pass the Luhn check (ISO/IEC 7812-1). */
function maskCards(text: string, mask: string): string {
  return text.replace(/\b\d(?:[ -]?\d){12,18}\b/g, (found) => {
    const digits = found.replace(/\D/g, '')
    let sum = 0
    for (let index = 0; index < digits.length; index++) {
      let digit = digits.charCodeAt(digits.length - 1 - index) - 48
      if (index % 2 === 1) {
        digit *= 2
        if (digit > 9) digit -= 9
      }
      sum += digit
    }
    return sum % 10 === 0 && !/^(\d)\1*$/.test(digits) ? mask : found
  })
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
