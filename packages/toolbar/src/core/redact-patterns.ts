import { isErrorCode } from './redact-words.ts'

/** Secrets by their own shape. Patterns are anchored on a literal prefix and bounded, so that hostile text costs linear time. */

interface Pattern {
  /** what must be in the text, in lower case, before the expression is tried */
  readonly hint: readonly string[]
  readonly find: RegExp
  /** `$1` and the like refer to groups; `MASK` is the mask */
  readonly by: string
  /** whether a match is one, where its shape alone does not say */
  isSecret?(found: string): boolean
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
  { hint: ['sk-'], find: /(?<![\w-])sk-[\w-]{20,300}/g, by: 'MASK', isSecret: (found) => /\d/.test(found) },
  { hint: ['hf_'], find: /\bhf_[A-Za-z0-9]{20,100}/g, by: 'MASK' },
  {
    hint: ['-----begin'],
    find: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g,
    by: 'MASK',
  },
  // up to the last `@` of the authority: a password may have one
  { hint: ['://'], find: /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:?#"<>`[]{0,200}):[^\s/?#"<>`]{1,200}@/gi, by: '$1:MASK@' },
  // no port, so a password, that has a slash in it
  {
    hint: ['://'],
    find: /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@?#"<>`[]{0,200}):(?!\d{1,5}[/?#])[^\s/?#@"<>`]{1,200}[/?#][^\s"<>`]{0,200}@/gi,
    by: '$1:MASK@',
  },
  // a token in the place of a user's name
  { hint: ['http'], find: /\b(https?:\/\/)[^\s/:@?#]{8,200}@/gi, by: '$1MASK@' },
  // what a sign-in provider sends back
  {
    hint: ['code='],
    find: /([?&]code=)[^&#\s,;"']{6,2000}/gi,
    by: '$1MASK',
    isSecret: (found) => !isErrorCode(found.slice(found.indexOf('=') + 1)),
  },
  // of a user of a database, wherever its statement begins
  { hint: ['password ', 'identified by '], find: /\b((?:password|identified by) )'[^'\n]{1,2000}'?/gi, by: "$1'MASK'" },
  {
    hint: ['bearer ', 'basic ', 'digest '],
    find: /\b([Bb]earer|BEARER|[Bb]asic|BASIC|[Dd]igest) (?=[\w.~+/-]{0,200}(?:[\d=]|[a-z][A-Z]))[\w.~+/=-]{8,4000}/g,
    by: '$1 MASK',
  },
  { hint: ['accountkey=', 'sharedaccesskey='], find: /\b((?:AccountKey|SharedAccessKey)=)[A-Za-z0-9+/=]{10,200}/gi, by: '$1MASK' },
  { hint: ['$2a$', '$2b$', '$2y$'], find: /\$2[aby]\$\d{2}\$[./A-Za-z0-9]{53}/g, by: 'MASK' },
  { hint: ['$argon2'], find: /\$argon2(?:id?|d)\$[\w=,$+/-]{10,300}/g, by: 'MASK' },
  {
    hint: ['--'],
    find: /(--(?!no-|without-)[\w-]{0,30}(?:password|passwd|secret|token|api-?key)(?:=|\s(?!-)))[^\s]{1,2000}/gi,
    by: '$1MASK',
  },
]

/** Most texts have none of the hints: one search for all of them takes a tenth of the time of one for each. */
const anyHint = new RegExp(patterns.flatMap(({ hint }) => hint.map((part) => part.replace(/[.$]/g, '\\$&'))).join('|'))

/** The text without what looks like a secret by itself. */
export function maskPatterns(text: string, mask: string): string {
  let result = text
  const lower = text.toLowerCase()
  for (const { hint, find, by, isSecret } of anyHint.test(lower) ? patterns : []) {
    if (!hint.some((part) => lower.includes(part))) continue
    const masked = (found: string, before: unknown): string =>
      isSecret?.(found) === false ? found : by.replace(/\$1|MASK/g, (part) => (part === 'MASK' ? mask : String(before)))
    result = result.replace(find, masked)
  }
  return /\d{4}/.test(text) ? maskCards(result, mask) : result
}

/** First digits and lengths of Visa, Mastercard, American Express, Diners, JCB, Discover, UnionPay and Maestro: moments and ids are no cards. */
const ofIssuer =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[0-8]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35\d{14}|6\d{15,18})$/

/** 13 to 19 digits, in groups or not, of an issuer of cards, that pass the Luhn check (ISO/IEC 7812-1). */
function maskCards(text: string, mask: string): string {
  return text.replace(/\b\d(?:[ -]?\d){12,18}\b/g, (found) => {
    const digits = found.replace(/\D/g, '')
    if (!ofIssuer.test(digits)) return found
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
