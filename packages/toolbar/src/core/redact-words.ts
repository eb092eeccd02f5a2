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
  'auth pass pin salt session connect.sid phpsessid pgpassword mysql_pwd x-amz-security-token proxy-authorization www-authenticate'.split(
    ' ',
  ),
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
