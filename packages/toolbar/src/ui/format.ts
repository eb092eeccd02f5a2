/** How figures are written: DESIGN's content style in one place. Everything here is text, never markup. */

const oneDecimal = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const NO_BREAK = '\u00a0'

export interface Figure {
  figure: string
  unit: string
}

/** Milliseconds: `48.3 ms`, `<0.1 ms`, `2,941.6 ms`, and from 10 s on `12.4 s`. */
export function toDuration(ms: number): Figure {
  if (ms >= 10_000) return { figure: oneDecimal.format(ms / 1000), unit: 's' }
  if (ms > 0 && ms < 0.05) return { figure: '<0.1', unit: 'ms' }
  return { figure: oneDecimal.format(ms), unit: 'ms' }
}

/** Bytes, decimal: `412 B`, `18.4 kB`, `1.2 MB`. */
export function toBytes(bytes: number): Figure {
  const size = Math.abs(bytes)
  if (size < 1000) return { figure: whole.format(bytes), unit: 'B' }
  if (size < 999_950) return { figure: oneDecimal.format(bytes / 1e3), unit: 'kB' }
  if (size < 999_950_000) return { figure: oneDecimal.format(bytes / 1e6), unit: 'MB' }
  return { figure: oneDecimal.format(bytes / 1e9), unit: 'GB' }
}

/** A figure and its unit as one unbreakable text. */
export const toText = ({ figure, unit }: Figure): string => `${figure}${NO_BREAK}${unit}`

export const formatMs = (ms: number): string => toText(toDuration(ms))

export const formatBytes = (bytes: number): string => toText(toBytes(bytes))

/** `+2.1 MB`, `−0.4 MB`: with a real minus. */
export function formatBytesDelta(bytes: number): string {
  return `${bytes < 0 ? '−' : '+'}${formatBytes(Math.abs(bytes))}`
}

/** `1,284` */
export const formatCount = (count: number): string => whole.format(count)

/** A share of 0 to 1 as a whole percent; what is there but rounds to nothing is `<1%`. */
export function formatPercent(share: number): string {
  if (share > 0 && share < 0.005) return '<1%'
  return `${Math.round(share * 100)}%`
}

/** `1 query`, `2 queries`, `0 findings` */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)}${NO_BREAK}${count === 1 ? one : many}`
}

/** `8 s ago`, `4 min ago`, `2 h ago`, `3 d ago` */
export function formatAge(sinceMs: number): string {
  const seconds = Math.max(0, Math.floor(sinceMs / 1000))
  if (seconds < 60) return `${seconds}${NO_BREAK}s ago`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}${NO_BREAK}min ago`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours}${NO_BREAK}h ago` : `${Math.floor(hours / 24)}${NO_BREAK}d ago`
}

/** `14:31:07`, local time */
export function formatClock(epochMs: number): string {
  const date = new Date(epochMs)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}
