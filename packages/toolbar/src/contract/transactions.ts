/** What a statement does to a transaction; by its first words, whatever white space and comments stand before them. */
export type TransactionVerb = 'begin' | 'commit' | 'rollback' | 'savepoint' | 'rollback to' | 'release' | 'set'

const verbs: [words: RegExp, verb: TransactionVerb][] = [
  [/^(?:begin|start transaction)\b/i, 'begin'],
  [/^(?:commit|end)\b/i, 'commit'],
  [/^(?:rollback|abort)\b(?!(?:\s+work|\s+transaction)?\s+to\b)/i, 'rollback'],
  [/^rollback\b/i, 'rollback to'],
  [/^savepoint\b/i, 'savepoint'],
  [/^release\b/i, 'release'],
  [/^set (?:local |session (?:characteristics as )?)?transaction\b/i, 'set'],
]

/** What one statement does to a transaction; `null` for all others, and for a text of several statements. Linear in what stands before the words. */
export function transactionVerb(sql: string): TransactionVerb | null {
  const from = startOf(sql)
  // a, b, c, e, r, s: abort, begin, commit, end, rollback, release, savepoint, start, set
  const code = sql.charCodeAt(from) | 32
  if (code !== 97 && code !== 98 && code !== 99 && code !== 101 && code !== 114 && code !== 115) return null
  // select
  if (code === 115 && (sql.charCodeAt(from + 1) | 32) === 101 && (sql.charCodeAt(from + 2) | 32) === 108) return null
  const head = sql.slice(from, from + 80)
  for (const [words, verb] of verbs) if (words.test(head)) return isOne(sql, from) ? verb : null
  return null
}

/** Where the first word is: behind white space, comments and byte order marks. */
export function startOf(sql: string): number {
  let at = 0
  for (;;) {
    const code = sql.charCodeAt(at)
    if (code === 32 || (code >= 9 && code <= 13) || code === 0xfeff) at++
    else if (code === 45 && sql.charCodeAt(at + 1) === 45) at = endOf(sql, '\n', at + 2)
    else if (code === 47 && sql.charCodeAt(at + 1) === 42) at = endOf(sql, '*/', at + 2)
    else return at
  }
}

function endOf(sql: string, mark: string, from: number): number {
  const at = sql.indexOf(mark, from)
  return at === -1 ? sql.length : at + mark.length
}

/** Whether nothing but white space and comments stands behind the first semicolon. */
function isOne(sql: string, from: number): boolean {
  const end = sql.indexOf(';', from)
  return end === -1 || startOf(sql.slice(end + 1)) === sql.length - end - 1
}
