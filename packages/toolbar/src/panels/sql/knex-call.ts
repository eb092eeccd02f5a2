import type { Preview } from '../../contract/types.ts'
import { type Token, tokenize } from '../../core/sql/tokens.ts'
import { MASK, toSpecial } from '../../ui/preview.ts'
import { toFamily } from './literals.ts'
import { findPlaceholders } from './runnable-sql.ts'

/** What the statement is not: simple. Caught where the parser starts. */
class NotSimple extends Error {}

interface Item {
  kind: Token['kind'] | 'value'
  text: string
  /** of a placeholder, as JavaScript */
  code: string
}

const jsText = (text: string): string => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

/** A value as JavaScript; only those that are sure to be the same again. */
function toJs(value: Preview | undefined): string {
  if (value === undefined) throw new NotSimple()
  if (typeof value === 'string') {
    if (value.includes(MASK)) throw new NotSimple()
    return jsText(value)
  }
  if (typeof value !== 'object' || value === null) return String(value)
  const special = toSpecial(value)
  if (special?.$ === 'Date' && special.v !== 'Invalid Date') return `new Date(${jsText(String(special.v))})`
  if (special?.$ === 'BigInt') return `${String(special.v)}n`
  if (special?.$ === 'Buffer' && typeof special.v === 'string' && special.v.length / 2 === (special as { bytes?: number }).bytes)
    return `Buffer.from('${special.v}', 'hex')`
  throw new NotSimple()
}

class Reader {
  private at = 0
  private readonly items: readonly Item[]

  constructor(items: readonly Item[]) {
    this.items = items
  }

  /** Whether these words, whatever their case, or this sign come next; then they are behind. */
  take(...words: string[]): boolean {
    const fits = words.every((word, offset) => {
      const item = this.items[this.at + offset]
      return item !== undefined && item.kind !== 'quoted' && item.kind !== 'value' && item.text.toLowerCase() === word
    })
    if (fits) this.at += words.length
    return fits
  }

  need(...words: string[]): void {
    if (!this.take(...words)) throw new NotSimple()
  }

  get ended(): boolean {
    return this.at === this.items.length
  }

  value(): string {
    const item = this.items[this.at++]
    if (item?.kind === 'value') return item.code
    if (item?.kind === 'number' && /^\d{1,15}$/.test(item.text)) return item.text
    throw new NotSimple()
  }

  /** `a`, `"a"."b"`, `a.*`; names that knex would read otherwise are not simple. */
  name(star = false): string {
    const parts: string[] = []
    do {
      const item = this.items[this.at++]
      if (star && item?.text === '*' && item.kind === 'punctuation') {
        parts.push('*')
        break
      }
      const text = item?.kind === 'quoted' ? item.text.slice(1, -1) : item?.kind === 'word' ? item.text : ''
      if (!/^[\p{L}_][\p{L}\p{N}_$]*$/u.test(text)) throw new NotSimple()
      parts.push(text)
    } while (this.take('.'))
    return parts.join('.')
  }

  list<Value>(read: () => Value): Value[] {
    const values = [read()]
    while (this.take(',')) values.push(read())
    return values
  }

  operator(): string {
    let text = ''
    for (; text.length < 2; this.at++) {
      const item = this.items[this.at]
      if (item?.kind !== 'punctuation' || !'<>=!'.includes(item.text)) break
      text += item.text
    }
    if (!['=', '<', '>', '<=', '>=', '<>', '!='].includes(text)) throw new NotSimple()
    return text
  }
}

function toItems(sql: string, params: readonly Preview[], dialect: string): Item[] {
  const tokens = tokenize(sql, dialect)
  const values = new Map(findPlaceholders(sql, params, tokens, toFamily(dialect)).map((found) => [found.token.start, found]))
  return tokens.map((token): Item => {
    const found = values.get(token.start)
    if (found?.identifier) throw new NotSimple()
    return { kind: found ? 'value' : token.kind, text: sql.slice(token.start, token.end), code: found ? toJs(found.value) : '' }
  })
}

function condition(reader: Reader): string {
  const column = jsText(reader.name())
  if (reader.take('is', 'not', 'null')) return `.whereNotNull(${column})`
  if (reader.take('is', 'null')) return `.whereNull(${column})`
  const negated = reader.take('not')
  // knex makes `is null` of a null, which finds other rows than `= null` does
  const known = (): string => {
    const code = reader.value()
    if (code === 'null') throw new NotSimple()
    return code
  }
  if (reader.take('in')) {
    reader.need('(')
    const values = reader.list(known)
    reader.need(')')
    return `.${negated ? 'whereNotIn' : 'whereIn'}(${column}, [${values.join(', ')}])`
  }
  if (reader.take('between')) {
    const low = known()
    reader.need('and')
    return `.${negated ? 'whereNotBetween' : 'whereBetween'}(${column}, [${low}, ${known()}])`
  }
  if (reader.take('like')) return `.where(${column}, '${negated ? 'not like' : 'like'}', ${known()})`
  if (negated) throw new NotSimple()
  const operator = reader.operator()
  return operator === '=' ? `.where(${column}, ${known()})` : `.where(${column}, '${operator}', ${known()})`
}

function conditions(reader: Reader): string {
  if (!reader.take('where')) return ''
  let code = condition(reader)
  while (reader.take('and')) code += condition(reader)
  return code
}

function select(reader: Reader): string {
  const columns = reader.list(() => {
    const name = reader.name(true)
    return reader.take('as') ? `${name} as ${reader.name()}` : name
  })
  reader.need('from')
  let code = `db(${jsText(reader.name())})`
  if (columns.length !== 1 || columns[0] !== '*') code += `.select(${columns.map(jsText).join(', ')})`
  code += conditions(reader)
  if (reader.take('order', 'by'))
    for (const order of reader.list(() => {
      const column = jsText(reader.name())
      const direction = reader.take('desc') ? "'desc'" : reader.take('asc') ? "'asc'" : ''
      return `.orderBy(${column}${direction && direction !== "'asc'" ? `, ${direction}` : ''})`
    }))
      code += order
  if (reader.take('limit')) {
    const limit = reader.value()
    code += limit === '1' ? '.first()' : `.limit(${limit})`
  }
  if (reader.take('offset')) code += `.offset(${reader.value()})`
  return code
}

function object(columns: readonly string[], values: readonly string[]): string {
  if (columns.length !== values.length) throw new NotSimple()
  return `{ ${columns.map((column, index) => `${/^[A-Za-z_$][\w$]*$/.test(column) ? column : jsText(column)}: ${values[index]}`).join(', ')} }`
}

function returning(reader: Reader): string {
  if (!reader.take('returning')) return ''
  const columns = reader.list(() => jsText(reader.name(true)))
  return `.returning(${columns.length === 1 ? columns[0] : `[${columns.join(', ')}]`})`
}

function insert(reader: Reader): string {
  const table = jsText(reader.name())
  reader.need('(')
  const columns = reader.list(() => reader.name())
  reader.need(')', 'values', '(')
  const values = reader.list(() => reader.value())
  reader.need(')')
  return `db(${table}).insert(${object(columns, values)})${returning(reader)}`
}

function update(reader: Reader): string {
  const table = jsText(reader.name())
  reader.need('set')
  const pairs = reader.list((): [string, string] => {
    const column = reader.name()
    if (reader.operator() !== '=') throw new NotSimple()
    return [column, reader.value()]
  })
  const change = object(
    pairs.map(([column]) => column),
    pairs.map(([, value]) => value),
  )
  return `db(${table})${conditions(reader)}.update(${change})${returning(reader)}`
}

/** The call of knex that asks for the same, `null` where the statement is not simple enough to be sure: joins, subqueries, `or`. */
export function toKnexCall(sql: string, params: readonly Preview[], dialect: string): string | null {
  if (sql.length > 2_000) return null
  try {
    const reader = new Reader(toItems(sql, params, dialect))
    let code: string
    if (reader.take('select')) code = select(reader)
    else if (reader.take('insert', 'into')) code = insert(reader)
    else if (reader.take('update')) code = update(reader)
    else if (reader.take('delete', 'from')) {
      const table = jsText(reader.name())
      code = `db(${table})${conditions(reader)}.del()${returning(reader)}`
    } else return null
    return reader.ended ? code : null
  } catch (error) {
    if (error instanceof NotSimple) return null
    throw error
  }
}
