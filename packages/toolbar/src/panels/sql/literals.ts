import type { Preview } from '../../contract/types.ts'
import { MASK, toSpecial } from '../../ui/preview.ts'

export type Family = 'pg' | 'mysql' | 'sqlite' | 'other'

/** Dialects that write values alike. */
export function toFamily(dialect: string): Family {
  if (/^(pg|postgres|cockroach|redshift)/i.test(dialect)) return 'pg'
  if (/^(mysql|maria)/i.test(dialect)) return 'mysql'
  return /sqlite/i.test(dialect) ? 'sqlite' : 'other'
}

/** Why a value cannot be written: what is known of it is not all of it. */
export class Unwritable extends Error {}

const two = (value: number): string => String(value).padStart(2, '0')

/** An instant as a clock in the time zone of the app shows it: that is how drivers write dates. */
function inZone(iso: string, timeZone: string): { date: string; time: string; offset: string } {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) throw new Unwritable('is an invalid date')
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  const { year = '', month, day, hour, minute, second } = parts
  const ms = at.getUTCMilliseconds()
  const shown = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), ms)
  const minutes = Math.round((shown - at.getTime()) / 60_000)
  const sign = minutes < 0 ? '-' : '+'
  return {
    date: `${year.padStart(4, '0')}-${month}-${day}`,
    time: `${hour}:${minute}:${second}.${String(ms).padStart(3, '0')}`,
    offset: `${sign}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`,
  }
}

/** A text between quotes. Only MySQL reads a backslash as more than itself. */
function quoted(text: string, family: Family): string {
  if (text.includes(MASK)) throw new Unwritable('is masked')
  if (family === 'mysql') return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0')}'`
  const plain = `'${text.replaceAll("'", "''")}'`
  if (!text.includes('\0')) return plain
  if (family !== 'sqlite') throw new Unwritable('has a zero character, which no text of this database can have')
  return `(${text
    .split('\0')
    .map((part) => `'${part.replaceAll("'", "''")}'`)
    .join(' || char(0) || ')})`
}

function hexOf(value: { v?: Preview; bytes?: number }): string {
  const hex = typeof value.v === 'string' ? value.v : ''
  if (hex.length / 2 !== (value.bytes ?? 0)) throw new Unwritable(`was cut: the first ${hex.length / 2} of ${value.bytes} bytes are kept`)
  return hex
}

const isBinary = ($: string): boolean => $ === 'Buffer' || $ === 'Uint8Array'

/** The value again, as JSON would have it. */
function toJson(value: Preview): unknown {
  if (typeof value === 'string' && value.includes(MASK)) throw new Unwritable('is masked in part')
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => (toSpecial(item)?.$ === 'undefined' ? null : toJson(item)))
  const special = toSpecial(value)
  if (special) {
    if (special.$ === 'Date') return special.v === 'Invalid Date' ? null : special.v
    if (special.$ === 'number') return special.v === '-0' ? 0 : null
    throw new Unwritable(whyNot(special))
  }
  const entries = Object.entries(value)
    .filter(([, item]) => toSpecial(item)?.$ !== 'undefined')
    .map(([key, item]) => {
      if (key === '…') throw new Unwritable('was cut')
      return [key.startsWith('$$') ? key.slice(1) : key, toJson(item)]
    })
  return Object.fromEntries(entries)
}

function whyNot({ $, v, length }: { $: string; v?: Preview; length?: number }): string {
  if ($ === 'masked') return 'is masked'
  if ($ === 'more') return 'was cut'
  if ($ === 'string') return `was cut: ${typeof v === 'string' ? v.length : 0} of ${length} characters are kept`
  return `is a ${$.replaceAll(/[^\w ]/g, '')}, which has no literal`
}

/** As node-postgres writes arrays. */
function pgArray(items: readonly Preview[], timeZone: string): string {
  const written = items.map((item): string => {
    const special = toSpecial(item)
    if (item === null || special?.$ === 'undefined') return 'NULL'
    if (Array.isArray(item)) return pgArray(item, timeZone)
    if (special && isBinary(special.$)) return `"\\\\x${hexOf(special)}"`
    return `"${pgText(item, timeZone).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  })
  return `{${written.join(',')}}`
}

/** A value as the text that node-postgres sends for it. */
function pgText(value: Preview, timeZone: string): string {
  if (typeof value === 'string') {
    if (value.includes(MASK)) throw new Unwritable('is masked')
    return value
  }
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return pgArray(value, timeZone)
  const special = toSpecial(value)
  if (special?.$ === 'Date') {
    const { date, time, offset } = inZone(String(special.v), timeZone)
    return `${date}T${time}${offset}`
  }
  if (special?.$ === 'BigInt' || special?.$ === 'number') return String(special.v)
  return JSON.stringify(toJson(value))
}

/** As mysql2 writes objects into its text: lists for arrays, pairs for objects. */
function mysqlComposite(value: Preview, timeZone: string): string {
  if (Array.isArray(value))
    return value
      .map((item) => (Array.isArray(item) ? `(${mysqlComposite(item, timeZone)})` : toLiteral(item, 'mysql', timeZone)))
      .join(', ')
  return Object.entries(value as Record<string, Preview>)
    .map(([key, item]) => {
      if (key === '…') throw new Unwritable('was cut')
      return `${mysqlName(key)} = ${toLiteral(item, 'mysql', timeZone)}`
    })
    .join(', ')
}

/** As `??` of mysql2. */
export const mysqlName = (name: string): string => `\`${name.replaceAll('`', '``').replaceAll('.', '`.`')}\``

/** A value as a literal of its database, the way its driver understands it. @throws Unwritable */
export function toLiteral(value: Preview, family: Family, timeZone: string): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return family === 'sqlite' ? String(Number(value)) : String(value)
  if (typeof value === 'string') return quoted(value, family)
  const special = toSpecial(value)
  if (special === null) {
    if (family === 'pg') return quoted(pgText(value, timeZone), 'pg')
    return family === 'mysql' ? mysqlComposite(value, timeZone) : quoted(JSON.stringify(toJson(value)), family)
  }
  if (special.$ === 'undefined') return 'null'
  if (special.$ === 'BigInt') return String(special.v)
  if (isBinary(special.$)) return family === 'pg' ? `'\\x${hexOf(special)}'::bytea` : `x'${hexOf(special)}'`
  if (special.$ === 'number') return toNumber(String(special.v), family)
  if (special.$ !== 'Date') throw new Unwritable(whyNot(special))
  if (family === 'pg') return `'${pgText(value, timeZone)}'`
  const { date, time } = inZone(String(special.v), timeZone)
  if (family === 'mysql') return `'${date} ${time}'`
  return family === 'sqlite' ? String(Date.parse(String(special.v))) : `'${special.v}'`
}

function toNumber(text: string, family: Family): string {
  if (text === '-0') return '-0'
  if (family === 'pg') return `'${text}'`
  if (family === 'sqlite') return text === 'NaN' ? 'null' : text === 'Infinity' ? '9e999' : '-9e999'
  throw new Unwritable(`is ${text}, which has no literal`)
}
