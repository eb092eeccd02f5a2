/** `1.2 ms`, `2.4 s`: figures as the overlay writes them. */
export function ms(value: number): string {
  if (value > 0 && value < 0.05) return '<0.1 ms'
  if (value >= 10_000) return `${(value / 1_000).toFixed(1)} s`
  const digits = Number.isInteger(value) ? 0 : 1
  return `${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: 1 })} ms`
}

/** `1 query`, `1,000 queries`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}
