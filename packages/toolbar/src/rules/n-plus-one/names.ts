import { camel, pascal, singular } from '../words.ts'

/** Names for what the change adds, in the words of their tables. */
export interface Names {
  /** all values of the key: `authorIds` */
  readonly keys: string
  /** all rows: `authors` */
  readonly rows: string
  /** one of them, in a callback: `author` */
  readonly row: string
  /** the Map: `authorsById` */
  readonly map: string
}

/** @param taken names in use in the file */
export function nameBatch(table: string, column: string, key: string, taken: ReadonlySet<string>): Names {
  const used = new Set(taken)
  const free = (name: string): string => {
    for (const candidate of [name, `all${pascal(name)}`, `loaded${pascal(name)}`])
      if (isFree(candidate, used)) return claim(candidate, used)
    let number = 2
    while (!isFree(`${name}${number}`, used)) number++
    return claim(`${name}${number}`, used)
  }
  const rows = camel(table) || 'rows'
  const row = singular(rows)
  return {
    keys: free(manyOf(key === 'id' || key === column ? (column === 'id' ? `${row}_id` : column) : key)),
    rows: free(rows === row ? `${rows}Rows` : rows),
    row: isReserved(row) ? 'row' : row,
    map: free(`${rows}By${pascal(column)}`),
  }
}

function manyOf(name: string): string {
  const one = camel(name)
  if (one === '' || isReserved(one)) return 'keys'
  return /s$/.test(one) ? `${one}List` : /[^aeiou]y$/.test(one) ? `${one.slice(0, -1)}ies` : `${one}s`
}

const isFree = (name: string, used: ReadonlySet<string>): boolean => !used.has(name) && !isReserved(name)

function claim(name: string, used: Set<string>): string {
  used.add(name)
  return name
}

const reservedWords = new Set(
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield await async of get set arguments eval undefined'.split(
    ' ',
  ),
)

export function isReserved(name: string): boolean {
  return reservedWords.has(name) || !/^[A-Za-z_$][\w$]*$/.test(name)
}
