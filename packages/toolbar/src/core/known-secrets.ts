import type { RawSql } from './entries/sql.ts'
import { cookiesIn, headerPairs, responsePairs } from './headers.ts'
import type { RequestRecord } from './record.ts'
import type { Redactor } from './redact.ts'
import { isErrorCode } from './redact-words.ts'
import { findSqlSecrets } from './sql/secrets.ts'

/**
 * What a request showed under the name of a secret is a secret wherever else it appears in its record: in a path, a message,
 * the detail of a database error. One redactor per state of a record.
 */

const redactors = new WeakMap<RequestRecord, { version: number; redactor: Redactor }>()
const maxValues = 200
const maxLength = 2_000

/** The redactor that knows the secrets of a record. */
export function redactorOf(record: RequestRecord, redactor: Redactor): Redactor {
  if (!record.sealed) return redactor.knowing(unmatched(record))
  const known = redactors.get(record)
  if (known !== undefined && known.version === record.version) return known.redactor
  const knowing = redactor.knowing(secretsOf(record, redactor))
  redactors.set(record, { version: record.version, redactor: knowing })
  return knowing
}

/** Before its route is known, a part of a path that looks random may be the token of `/reset/:token`. */
function unmatched({ facts }: RequestRecord): string[] {
  if (facts.route !== null) return []
  return pathOf(facts.url)
    .split('/')
    .filter((part) => part.length >= 16 && part.split(/[-_.~]/).some((word) => word.length >= 8 && /\d/.test(word) && /[a-z]/i.test(word)))
}

function secretsOf(record: RequestRecord, redactor: Redactor): string[] {
  const { facts } = record
  const values = new Set<string>()
  const add = (value: string): void => {
    if (values.size < maxValues && isTelling(value)) values.add(value)
  }
  // a parameter stands between slashes: there a word is no other word
  for (const value of redactor.secretsIn(facts.params ?? {})) if (value.length >= 6 && value.length <= maxLength) values.add(value)
  for (const [name, value] of [...headerPairs(facts.rawRequestHeaders), ...responsePairs(facts.responseHeaders)])
    for (const secret of secretsInHeader(name.toLowerCase(), value, redactor)) add(secret)
  const path = pathOf(facts.url)
  for (const pair of [...facts.url.slice(path.length + 1).split('&'), ...path.split(/[;/]/)]) {
    const equals = pair.indexOf('=')
    const value = decode(pair.slice(equals + 1))
    const name = decode(pair.slice(0, equals))
    // `code`: what a sign-in provider sends back
    if (equals > 0 && ((name === 'code' && !isErrorCode(value)) || redactor.isSecretKey(name, value))) add(value)
  }
  const columns = new Map<string, ReadonlySet<number>>()
  for (const entry of record.entries) {
    if (entry.kind.type !== 'sql') continue
    const { sql, params, database } = entry.data as RawSql
    let secret = columns.get(sql)
    if (secret === undefined) {
      const found = findSqlSecrets(sql, database.dialect, redactor)
      secret = found.params
      columns.set(sql, secret)
      for (const literal of found.literals) add(literal)
    }
    for (const index of secret) if (typeof params[index] === 'string') add(params[index])
  }
  for (const picture of [facts.query, facts.requestBody, facts.session, facts.user])
    if (picture !== undefined) for (const value of redactor.secretsIn(picture)) add(value)
  const encoded = [...values].map(encodeURIComponent)
  // a long one may hold a short one
  return [...new Set([...values, ...encoded])].sort((a, b) => b.length - a.length)
}

function secretsInHeader(name: string, value: string, redactor: Redactor): string[] {
  if (name === 'cookie' || name === 'set-cookie')
    return cookiesIn(name === 'cookie' ? value : (value.split(';')[0] as string))
      .filter(([cookie, held]) => redactor.isSecretKey(cookie, held))
      .flatMap(([, held]) => {
        const plain = decode(held)
        // signed: `s:` the value `.` its signature
        return plain.startsWith('s:') ? [held, plain, plain.slice(2, plain.lastIndexOf('.'))] : [held, plain]
      })
  if (!redactor.isSecretKey(name, value)) return []
  const credential = value.slice(value.indexOf(' ') + 1)
  if (!/^basic /i.test(value)) return [credential]
  const pair = Buffer.from(credential, 'base64').toString()
  return [credential, pair.slice(pair.indexOf(':') + 1)]
}

/** An ordinary word would be masked in half of all sentences. */
function isTelling(value: string): boolean {
  return value.length >= 8 && value.length <= maxLength && !/^\p{L}+$/u.test(value)
}

function pathOf(url: string): string {
  const at = url.search(/[?#]/)
  return at === -1 ? url : url.slice(0, at)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
