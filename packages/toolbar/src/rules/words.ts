/** Made once: `toLocaleString` looks for one, or makes it, for each figure, which is most of what a rule without findings costs. */
const plain = new Intl.NumberFormat('en-US')
const oneDecimal = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** `1.2 ms`, `2.4 s`: figures as the overlay writes them. */
export function ms(value: number): string {
  if (value > 0 && value < 0.05) return '<0.1 ms'
  if (value >= 10_000) return `${(value / 1_000).toFixed(1)} s`
  return `${Number.isInteger(value) ? number(value) : oneDecimal.format(value)} ms`
}

/** `1 query`, `1,000 queries`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`
}

export function number(value: number): string {
  return plain.format(value)
}

/** `35%` */
export function share(part: number, whole: number): string {
  return whole <= 0 ? '0%' : `${Math.min(100, Math.round((part / whole) * 100))}%`
}

/** `567.6 kB` */
export function bytes(value: number): string {
  if (value < 1_000) return `${number(value)} B`
  if (value < 1_000_000) return `${(value / 1_000).toFixed(1)} kB`
  return `${(value / 1_000_000).toFixed(1)} MB`
}

/** `author_id` as `authorId` */
export function camel(name: string): string {
  const text = name.replace(/[^A-Za-z0-9]+([A-Za-z0-9])?/g, (_, letter: string | undefined) => letter?.toUpperCase() ?? '')
  return /^[A-Z]+$/.test(text) ? text.toLowerCase() : text.charAt(0).toLowerCase() + text.slice(1)
}

export function pascal(name: string): string {
  const text = camel(name)
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const irregular = /^(?:.{1,3}|this|does|news|lens|series|species|.*(?:is|us|ss))$/i

/** One of a table: `categories` as `category`; what has no plural to see, or whose singular is no name, is `row`. */
export function singular(name: string): string {
  const one = singularOf(name)
  return one === null || isReserved(one) ? 'row' : one
}

function singularOf(name: string): string | null {
  if (/(?:movie|cookie)s$/i.test(name)) return name.slice(0, -1)
  if (irregular.test(name) || /(?:series|species|news)$/i.test(name)) return null
  if (/ies$/i.test(name)) return `${name.slice(0, -3)}y`
  if (/(?:ss|x|ch|sh|tatus)es$/i.test(name)) return name.slice(0, -2)
  return /s$/i.test(name) ? name.slice(0, -1) : null
}

const reservedWords = new Set(
  `break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in
  instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with
  yield await async of get set arguments eval undefined as is has was does type satisfies using`.split(/\s+/),
)

/** What is no name for a variable, or reads like none. */
export function isReserved(name: string): boolean {
  return reservedWords.has(name) || !/^[A-Za-z_$][\w$]*$/.test(name)
}

/** A property as it is written: `.id`, `['some id']`. */
export function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${quoted(name)}]`
}

export function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
