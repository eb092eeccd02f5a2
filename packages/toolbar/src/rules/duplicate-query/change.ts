import type { Node } from '@babel/types'
import type { FindingChange } from '../../contract/types.ts'
import { changesOthers, isAnchored, readRounds } from '../n-plus-one/rounds.ts'
import { chainOf } from '../source/chain.ts'
import { changeOf } from '../source/edits.ts'
import { endOf, nodesIn, startOf, textOf } from '../source/parse.ts'
import { isFunction, type Place, scopeOf } from '../source/place.ts'
import { freeNames, namesIn, referencesOf } from '../source/references.ts'
import { isSimple } from '../source/simple.ts'
import { indentOf, usesSemicolons } from '../source/style.ts'
import { memberOf, readersOf } from '../source/uses.ts'
import { camel, isReserved, pascal, singular } from '../words.ts'

/** The query, or the call of the function that does nothing but ask it, moved out of the loop; `null` where that is not certain to be the same. */
export function hoistChange(place: Place, caller: Place | null): FindingChange | null {
  const asked = place.loop !== null ? place : caller !== null && isOnlyQuery(place, caller) ? caller : null
  if (asked === null || asked.awaited === null || !isHarmlessQuery(asked, asked !== place)) return null
  const { source, awaited, query } = asked
  // nobody reads the answer: a statement without effect would be left
  if (source.parents.get(awaited)?.type === 'ExpressionStatement') return null
  const rounds = readRounds(asked)
  if (rounds === null || !isAnchored(asked, rounds)) return null
  const own = new Set([...rounds.names, ...rounds.inner])
  if ([...freeNames(source, query)].some((name) => own.has(name)) || isResultChanged(asked)) return null
  if (changesOthers(scopeOf(source, rounds.anchor), rounds.names)) return null

  const name = nameFor(asked, place, namesIn(scopeOf(source, rounds.anchor)))
  const indent = indentOf(source.text, startOf(rounds.anchor))
  const end = usesSemicolons(source.text) ? ';' : ''
  const at = startOf(rounds.anchor)
  return changeOf(source, [
    { start: at, end: at, text: `const ${name} = ${textOf(source, awaited)}${end}\n${indent}` },
    { start: startOf(awaited), end: endOf(awaited), text: name },
  ])
}

/** The function that is called consists of the query: nothing else of it would run less often. */
function isOnlyQuery(place: Place, { source, query }: Place): boolean {
  if (place.source !== source || query.type !== 'CallExpression' || query.callee.type !== 'Identifier') return false
  const { name } = query.callee
  const called = scopeOf(place.source, place.query)
  if (!isFunction(called)) return false
  const parent = source.parents.get(called)
  const own = 'id' in called && called.id?.type === 'Identifier' ? called.id.name : null
  const given = parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? parent.id.name : null
  if (own !== name && given !== name) return false
  const { body } = called
  if (body.type !== 'BlockStatement') return isOnly(body, place.query)
  const [only] = body.body
  return body.body.length === 1 && only?.type === 'ReturnStatement' && only.argument != null && isOnly(only.argument, place.query)
}

/** Beside the query there is only reading. */
function isOnly(expression: Node, query: Node): boolean {
  for (const node of nodesIn(expression, (node) => node !== query))
    if (node !== query && !/^(?:AwaitExpression|MemberExpression|OptionalMemberExpression|Identifier|StringLiteral)$/.test(node.type))
      return false
  return true
}

/** A chain of knex without calls in its arguments, or a call with values that have none. */
function isHarmlessQuery({ query }: Place, isCall: boolean): boolean {
  const { root, calls, table } = chainOf(query)
  const args = isCall && query.type === 'CallExpression' ? query.arguments : calls.flatMap(({ args }) => args)
  if (!isCall && (table === null || !(root.type === 'CallExpression' ? isSimple(root.callee) : isSimple(root)))) return false
  return args.every((arg) =>
    [...nodesIn(arg)].every((node) => !/Call|Function|Await|Assignment|Update|Yield|New|Spread|Tagged|Import/.test(node.type)),
  )
}

/** All rounds share the answer now. */
function isResultChanged({ source, awaited }: Place): boolean {
  const value = awaited as Node
  const parent = source.parents.get(value)
  if (parent?.type === 'VariableDeclarator' && parent.id.type === 'ObjectPattern') return false
  if (parent?.type === 'AssignmentExpression') return false
  const readers =
    parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? referencesOf(source, parent.id) : readersOf(source, value)
  if (readers === null) return true
  return readers.some((reader) => {
    const member = memberOf(source, reader)
    const user = source.parents.get(member ?? reader)
    if (member === null) return user?.type === 'CallExpression' && user.callee !== reader
    return user?.type === 'AssignmentExpression'
      ? user.left === member
      : user?.type === 'UpdateExpression' || (user?.type === 'CallExpression' && user.callee === member)
  })
}

function nameFor({ source, awaited }: Place, place: Place, taken: ReadonlySet<string>): string {
  const parent = source.parents.get(awaited as Node)
  const table = chainOf(place.query).table
  const target = parent?.type === 'AssignmentExpression' ? parent.left : null
  const named =
    parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier'
      ? parent.id.name
      : target?.type === 'MemberExpression' && target.property.type === 'Identifier' && !target.computed
        ? target.property.name
        : singular(camel(table ?? 'answer'))
  for (const name of [named, `shared${pascal(named)}`, `same${pascal(named)}`]) if (!taken.has(name) && !isReserved(name)) return name
  let number = 2
  while (taken.has(`${named}${number}`)) number++
  return `${named}${number}`
}
