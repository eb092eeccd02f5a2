import { camel, isReserved, pascal, singular } from '../words.ts'

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
    keys: free(manyOf(key.length < 3 || key === column ? (column === 'id' ? `${row}_id` : column) : key)),
    rows: free(rows === row ? `${rows}Rows` : rows),
    row,
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
