import { describe, expect, it } from 'vitest'
import { chainOf } from './chain.ts'
import { applyEdits, changeOf } from './edits.ts'
import { parseSource, type SourceFile, sourceOf, textOf } from './parse.ts'
import { type Place, placeIn } from './place.ts'
import { columnsRead, lengthUses, readersOf } from './uses.ts'

const parse = (text: string, file = '/app/code.js'): SourceFile => {
  const source = parseSource(file, text)
  if (source === null) throw new Error(`not parsed: ${text}`)
  return source
}

/** The place at the mark `~`, which is taken out. */
function placeAt(marked: string, file?: string): Place {
  const at = marked.indexOf('~')
  const before = marked.slice(0, at).split('\n')
  const place = placeIn(parse(marked.replace('~', ''), file), before.length, (before.at(-1) as string).length + 1)
  if (place === null) throw new Error('no place')
  return place
}

const queryAt = (marked: string, file?: string): string => {
  const { source, query } = placeAt(marked, file)
  return textOf(source, query)
}

describe('the source of a place', () => {
  it('is the query that is awaited, or whose method is called', () => {
    expect(queryAt(`async () => { const a = ~await db('t').where('id', 1).first() }`)).toBe(`db('t').where('id', 1).first()`)
    expect(queryAt(`async () => { const a = await pool.~query('select 1') }`)).toBe(`pool.query('select 1')`)
    expect(queryAt(`() => db('t').where('id', 1).~then((rows) => rows)`)).toBe(`db('t').where('id', 1)`)
    expect(queryAt(`async () => ~await Promise.all(list.map((one) => db('t').where('id', one)))`)).toBe(`db('t').where('id', one)`)
  })

  it('is read in TypeScript and JSX', () => {
    const typed = `class A { @inject() private db!: Knex; async load<T>(id: number): Promise<T> { return (~await this.db<T>('t').where({ id }).first()) as T } }`
    expect(queryAt(typed, '/app/a.ts')).toBe(`this.db<T>('t').where({ id }).first()`)
    expect(
      queryAt(
        `export default async function Page() { const a = ~await db('t'); return <ul>{a.map((b) => <li key={b.id}>{b.name}</li>)}</ul> }`,
        '/app/p.jsx',
      ),
    ).toBe(`db('t')`)
    expect(queryAt(`const f = async (x: string) => <p>{(~await db('t').first()).name}</p>`, '/app/p.tsx')).toBe(`db('t').first()`)
    expect(parseSource('/app/x.js', 'const = 1')).toBeNull()
    expect(parseSource('/app/x.js', '('.repeat(100_000))).toBeNull()
    expect(sourceOf('/not/there.js', Date.now())).toBeNull()
    expect(sourceOf('https://example.com/x.js', Date.now())).toBeNull()
  })

  it('has the loop around it', () => {
    const kind = (marked: string) => placeAt(marked).loop?.kind ?? null
    expect(kind(`async () => { for (const a of b) { ~await db('t') } }`)).toBe('for-of')
    expect(kind(`async () => { for (let a = 0; a < 5; a++) ~await db('t') }`)).toBe('for')
    expect(kind(`async () => { while (~await db('t').first()) work() }`)).toBe('while')
    expect(kind(`async () => { for (const a of ~await db('t')) work(a) }`)).toBeNull()
    expect(kind(`async () => { for (const a of b) { const f = async () => { ~await db('t') } } }`)).toBeNull()
    expect(kind(`async () => { await Promise.all(b.map(async (a) => { ~await db('t') })) }`)).toBe('callback')
    expect(placeAt(`async () => { await Promise.all(b.map(async (a) => { ~await db('t') })) }`).together).not.toBeNull()
    expect(placeAt(`() => b.forEach(async (a) => { ~await db('t') })`).together).toBeNull()
  })

  it('tells the calls of a builder from those of the app', () => {
    const chain = (marked: string) => {
      const { source, query } = placeAt(marked)
      const { table, calls, root } = chainOf(query)
      return [textOf(source, root), table, calls.map(({ name }) => name)]
    }
    expect(chain(`async () => ~await db('t').where('a', 1).orderBy('b').first()`)).toEqual([`db('t')`, 't', ['where', 'orderBy', 'first']])
    expect(chain(`async () => ~await cards(db).limit(5)`)).toEqual(['cards(db)', null, ['limit']])
    expect(chain(`async () => ~await db.select('a').from('t')`)).toEqual(['db', 't', ['select', 'from']])
  })
})

describe('what is read of an answer', () => {
  const columns = (body: string, shape: 'row' | 'rows' = 'rows') => {
    const { source, awaited } = placeAt(`async () => { ${body} }`)
    const readers = awaited === null ? null : readersOf(source, awaited)
    const read = readers === null ? null : columnsRead(source, readers, shape)
    return read === null ? null : [...read].sort()
  }

  it('is followed through variables, loops, callbacks and patterns', () => {
    expect(columns(`const rows = ~await q(); for (const row of rows) use(row.a, row['b'])`)).toEqual(['a', 'b'])
    expect(columns(`const rows = ~await q(); return rows.filter((r) => r.a > 1).map(({ b, c: d }) => b + d)`)).toEqual(['a', 'b', 'c'])
    expect(columns(`const rows = ~await q(); const [first] = rows; return first.a + rows[0].b + rows.length`)).toEqual(['a', 'b'])
    expect(columns(`const row = ~await q(); if (!row) return; const { a } = row; return a + row.b`, 'row')).toEqual(['a', 'b'])
    expect(columns(`return (~await q()).map((row) => row.a)`)).toEqual(['a'])
    expect(columns(`const rows = ~await q(); rows.sort((x, y) => x.a - y.b); return rows.find((r) => r.c).d`)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('is unknown where it goes elsewhere', () => {
    for (const body of [
      'const rows = ~await q(); return rows',
      'const rows = ~await q(); use(rows)',
      'const rows = ~await q(); return rows.map((row) => ({ ...row }))',
      'const rows = ~await q(); return rows.map((row) => row[key])',
      'const rows = ~await q(); return rows.map((row) => row.toJSON())',
      'const rows = ~await q(); for (const row of rows) row.a = 1',
      'let rows = ~await q(); rows = rows.concat(more); return rows.length',
      'const rows = ~await q(); return { rows }',
      'const rows = ~await q(); { const rows = []; use(rows[0].a) }',
    ])
      expect(columns(body), body).toBeNull()
  })

  it('tells a number from a yes or no', () => {
    const uses = (body: string) => {
      const { source, awaited } = placeAt(`async () => { ${body} }`)
      const readers = awaited === null ? null : readersOf(source, awaited)
      return readers === null
        ? null
        : (lengthUses(source, readers)?.map(({ truth }) => (truth === null ? 'number' : truth.negated ? 'none' : 'some')) ?? null)
    }
    expect(
      uses('const r = ~await q(); return [r.length, r.length > 0, r.length === 0, r.length ? 1 : 2, !r.length, r.length > 1]'),
    ).toEqual([...['number', 'some', 'none', 'some', 'none', 'number']])
    expect(uses('const r = ~await q(); return r.length + r[0]')).toBeNull()
  })
})

describe('a change', () => {
  it('is the lines that differ, with one around', () => {
    const source = parse('one()\ntwo()\nthree()\nfour()\n')
    const change = changeOf(source, [{ start: 6, end: 11, text: 'two(' }])
    expect(change).toBeNull()
    const good = changeOf(source, [{ start: 6, end: 11, text: 'deux()\nplus()' }])
    expect(good?.firstLine).toBe(1)
    expect(good?.lines).toEqual([
      { kind: 'same', text: 'one()' },
      { kind: 'removed', text: 'two()' },
      { kind: 'added', text: 'deux()' },
      { kind: 'added', text: 'plus()' },
      { kind: 'same', text: 'three()' },
    ])
  })

  it('applies edits in the order of the text', () => {
    expect(
      applyEdits('abcdef', [
        { start: 4, end: 5, text: 'E' },
        { start: 0, end: 1, text: 'A' },
      ]),
    ).toBe('AbcdEf')
  })
})
