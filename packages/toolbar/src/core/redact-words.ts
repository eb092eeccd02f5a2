/** What counts as a secret by its name. Whole words only: `author`, `monkey` and `primaryKey` must stay readable. */

export const secretWords = new Set(
  (
    'password passwd pwd passphrase passcode secret token jwt bearer authorization cookie credential apikey otp totp mfa cvv cvc ssn iban dsn ' +
    'csrf xsrf sid signature sig'
  ).split(' '),
)

export const secretPairs = new Set(
  (
    'api+key access+key private+key secret+key signing+key encryption+key master+key account+key auth+key client+secret session+id ' +
    'security+code card+number connection+string set+cookie reset+code recovery+code backup+code session+token host+session'
  ).split(' '),
)

export const secretWholeKeys = new Set(
  (
    'auth pass pin salt session connect.sid phpsessid jsessionid pgpassword mysql_pwd x-amz-security-token proxy-authorization ' +
    'www-authenticate'
  ).split(' '),
)

/** Those that are an ordinary word in a sentence: `session: started`. */
export const ordinaryWords = new Set('auth pass pin salt session'.split(' '))

/** Headers that make a list with their names one of names and values: `['Host', 'x', 'Cookie', 'y']`. */
export const headerNames = new Set(
  (
    'host cookie set-cookie authorization proxy-authorization user-agent accept-encoding accept-language referer content-type ' +
    'content-length cache-control etag x-api-key x-auth-token x-csrf-token x-forwarded-for x-powered-by'
  ).split(' '),
)

/** Names that hold a secret word but never a secret. */
export const innocentKeys = new Set(
  'max_tokens maxtokens prompt_tokens completion_tokens total_tokens primary_key foreign_key public_key primarykey foreignkey publickey'.split(
    ' ',
  ),
)

/** Words whose numbers are secrets too; elsewhere a number or a boolean is no secret. */
export const numericSecrets = new Set('pin otp totp cvv cvc ssn passcode'.split(' '))

/** `fooBar_baz-qux.2` → foo, bar, baz, qux; plural `s` dropped. */
export function wordsOf(key: string): string[] {
  return key
    .slice(0, 200)
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\d+/g, '')
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '')
    .map((word) => (word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word))
}

/** Up to fifteen letters, as what stands behind the colon of `Invalid password: must be long`. Longer ones may be keys. */
export function isWord(text: string): boolean {
  return /^\(?\p{L}{1,15}[.!?:)]{0,2}$/u.test(text)
}

/** `E_VALIDATION`, `invalid_request`, `EACCES`: what an error is called. */
export function isErrorCode(text: string): boolean {
  return text.length <= 60 && (/^[A-Z]{1,15}$/.test(text) || /^[A-Za-z]{1,15}(?:[_-][A-Za-z]{1,15}){1,6}$/.test(text))
}
