import type { Node } from '@babel/types'
import type { FindingChange } from '../../contract/types.ts'
import { applyEdits, changeOf, type Edit } from '../source/edits.ts'
import { endOf, startOf, textOf } from '../source/parse.ts'
import { type Place, scopeOf } from '../source/place.ts'
import { namesIn } from '../source/references.ts'
import { indentOf, usesSemicolons } from '../source/style.ts'
import { property } from '../words.ts'
import type { Lookup } from './lookup.ts'
import { nameBatch } from './names.ts'
import { type Batch, readBatch } from './read-batch.ts'
import { isAnchored, readRounds } from './rounds.ts'

/**
 * The user's own lines with one query before the loop and a look-up in a Map instead of the query; `null` wherever it is not certain
 * that the result does the same.
 */
export function batchChange(place: Place, lookup: Lookup): FindingChange | null {
  const { source, query, awaited } = place
  if (lookup.keys === null || lookup.column === null) return null
  const rounds = readRounds(place)
  if (rounds === null || !isAnchored(place, rounds) || !isWholeAnswer(place)) return null
  const batch = readBatch(place, rounds, lookup)
  if (batch === null || isUnused(place)) return null

  const names = nameBatch(batch.table, batch.column, lastName(batch.key), namesIn(scopeOf(source, rounds.anchor)))
  const indent = indentOf(source.text, startOf(rounds.anchor))
  const end = source.text[endOf(rounds.anchor) - 1] === ';' || usesSemicolons(source.text) ? ';' : ''
  const typed = /\.[mc]?tsx?$/.test(source.file)
  const keyed = (text: string): string => (lookup.keys === 'text' ? `String(${text})` : text)
  const key = keyed(textOf(source, batch.key))
  const rowKey = keyed(`${names.row}${property(batch.column)}`)

  const lines = [
    ...rounds.collect(names.keys, textOf(source, batch.key), end),
    `const ${names.rows} = await ${batchedQuery(place, batch, names.keys, indent)}${end}`,
    ...mapLines(batch, names, rowKey, end, typed),
  ]
  const replaced: Node = awaited ?? query
  const found = `${names.map}.get(${key})`
  const edits: Edit[] = [
    { start: startOf(rounds.anchor), end: startOf(rounds.anchor), text: lines.map((line) => `${line}\n${indent}`).join('') },
    {
      start: startOf(replaced),
      end: endOf(replaced),
      text: batch.isFirst ? found : isWhole(source.parents.get(replaced), replaced) ? `${found} ?? []` : `(${found} ?? [])`,
    },
  ]
  return changeOf(source, edits)
}

/** Nobody reads the answer: a statement without effect would be left. */
export function isUnused({ source, query, awaited }: Place): boolean {
  return source.parents.get(awaited ?? query)?.type === 'ExpressionStatement'
}

/** What is awaited, or all that a callback of `Promise.all` returns: nothing is chained behind it. */
function isWholeAnswer({ source, query, awaited, loop }: Place): boolean {
  if (awaited !== null) return awaited.argument === query
  if (loop?.kind !== 'callback') return false
  const parent = source.parents.get(query)
  return loop.callback.body === query || (parent?.type === 'ReturnStatement' && source.parents.get(parent) === loop.callback.body)
}

function mapLines(batch: Batch, names: { rows: string; row: string; map: string }, rowKey: string, end: string, typed: boolean): string[] {
  const { rows, row, map } = names
  if (batch.isFirst) return [`const ${map} = new Map(${rows}.map((${row}) => [${rowKey}, ${row}]))${end}`]
  const type = typed ? `<unknown, typeof ${rows}>` : ''
  const made = `const ${map} = new Map${type}()${end}`
  return [
    made,
    `for (const ${row} of ${rows}) {`,
    `  const known = ${map}.get(${rowKey})${end}`,
    `  if (known) known.push(${row})${end}`,
    `  else ${map}.set(${rowKey}, [${row}])${end}`,
    '}',
  ]
}

/** The query as it is written, with `whereIn` for its `where`. */
function batchedQuery(place: Place, batch: Batch, keys: string, indent: string): string {
  const { source, query } = place
  const from = startOf(query)
  const text = textOf(source, query)
  const edits = batch.edits(keys).map(({ start, end, text }) => ({ start: start - from, end: end - from, text }))
  const inner = indentOf(source.text, from)
  const moved = applyEdits(text, edits)
  return inner.startsWith(indent) ? moved.replaceAll(`\n${inner}`, `\n${indent}`) : moved
}

/** What `??` may stand beside without brackets. */
function isWhole(parent: Node | undefined, node: Node): boolean {
  if (parent?.type === 'VariableDeclarator') return parent.init === node
  if (parent?.type === 'AssignmentExpression') return parent.right === node && parent.operator === '='
  return parent?.type === 'ReturnStatement' || (parent?.type === 'ArrowFunctionExpression' && parent.body === node)
}

function lastName(key: Node): string {
  if (key.type === 'Identifier') return key.name
  if ((key.type === 'MemberExpression' || key.type === 'OptionalMemberExpression') && key.property.type === 'Identifier')
    return key.property.name
  return 'id'
}
