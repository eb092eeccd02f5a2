/** Names of secrets that are no columns: words of statements about users and keys, and strings that name a part of JSON. */

/** What a value is compared with where a statement says by itself that it is a secret. */
export const secretName = 'password'

const keyWords: Readonly<Record<string, RegExp>> = { pragma: /^(?:hex|text)?(?:re)?key$/, attach: /^key$/ }
const aboutUsers = new Set(['create', 'alter', 'grant', 'set'])

/** Words of one statement after which a secret stands. */
export interface SecretPlaces {
  /** whether a secret follows this word, all words before having been asked for */
  followsWord(word: string): boolean
  /** whether one follows an equals sign: `set password for 'ada' = 'x'` */
  readonly followsEquals: boolean
}

/** @param first the first two words of the statement, in lower case */
export function secretPlaces(first: string, second: string): SecretPlaces {
  const words = keyWords[first]
  let identified = false
  return {
    followsEquals: first === 'set' && second === 'password',
    followsWord(word) {
      if (word === 'identified') identified = aboutUsers.has(first)
      return words?.test(word) === true || (identified && word === 'by')
    },
  }
}

/** A call that is read, and which of its arguments. */
interface Call {
  readonly name: string
  readonly argument: number
}

const ofNamesAndValues = /(?:object|hstore|set_config)$/
const writes = /(?:object|hstore|set_config|json\w{0,20}_(?:set|insert|replace))$/
const path = /^'(?:\{[^{}:]{1,200}\}|\$[^{}:]{1,200})'$/

/** Whether the next argument of a call is a name: `jsonb_build_object('name', 'value', ...)`. */
export function takesName({ name, argument }: Call): boolean {
  return argument % 2 === 0 && ofNamesAndValues.test(name)
}

/** Whether a call has names for its own arguments only, not for what its answer is compared with. */
export function keepsNames({ name }: Call): boolean {
  return writes.test(name)
}

/**
 * What a string names of a JSON value: `data->>'password'`, `jsonb_set(data, '{a,password}', ...)`, `json_extract(data, '$.password')`;
 * `null` if it is a value.
 * @param before the two characters that stand before the string
 */
export function nameIn(text: string, call: Call | undefined, before: string): string | null {
  const names =
    before === '->' || before === '>>' || (call !== undefined && (takesName(call) || (call.name.includes('json') && path.test(text))))
  if (!names) return null
  const inner = text.slice(1, -1).replace(/^\{|\}$/g, '')
  return (
    /"([^"]{1,200})"$/.exec(inner)?.[1] ??
    (/^\$|,/.test(inner) ? inner.slice(Math.max(inner.lastIndexOf('.'), inner.lastIndexOf(',')) + 1) : inner)
  )
}
