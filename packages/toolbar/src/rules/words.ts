/** `1.2 ms`, `2.4 s`: figures as the overlay writes them. */
export function ms(value: number): string {
  if (value > 0 && value < 0.05) return '<0.1 ms'
  if (value >= 10_000) return `${(value / 1_000).toFixed(1)} s`
  const digits = Number.isInteger(value) ? 0 : 1
  return `${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: 1 })} ms`
}

/** `1 query`, `1,000 queries`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`
}

export function number(value: number): string {
  return value.toLocaleString('en-US')
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

/** One of a table: `categories` as `category`; what has no plural to see is `row`. */
export function singular(name: string): string {
  if (/ies$/i.test(name) && name.length > 4) return `${name.slice(0, -3)}y`
  if (/(?:ss|x|ch|sh)es$/i.test(name)) return name.slice(0, -2)
  if (/[^su]s$/i.test(name)) return name.slice(0, -1)
  return 'row'
}

/** A property as it is written: `.id`, `['some id']`. */
export function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${quoted(name)}]`
}

export function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
