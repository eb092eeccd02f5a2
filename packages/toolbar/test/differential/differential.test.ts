import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asTheAppSeesIt, compareExchange, compareLines, type Rule, rules } from './allowed.ts'
import type { Case, Variant } from './case.ts'
import { bodyCalls } from './cases/body-calls.ts'
import { expressCases } from './cases/express.ts'
import { heads } from './cases/heads.ts'
import { lateHeads } from './cases/late-heads.ts'
import { middlewares } from './cases/middlewares.ts'
import { objectCases } from './cases/objects.ts'
import { outgoing } from './cases/outgoing.ts'
import { pages } from './cases/pages.ts'
import { protocol } from './cases/protocol.ts'
import { streams } from './cases/streams.ts'
import { allRows, elsewhere } from './rows.ts'
import { createSide, type Outcome, type Side, variantsOf } from './side.ts'

const cases: readonly Case[] = [
  ...bodyCalls,
  ...streams,
  ...protocol,
  ...outgoing,
  ...heads,
  ...lateHeads,
  ...pages,
  ...middlewares,
  ...objectCases,
  ...expressCases,
]

const planned = cases.flatMap((row) => variantsOf(row).flatMap(({ variant, skipped }) => (skipped === null ? [{ row, variant }] : [])))
const used = new Set<Rule>()
const use = (rule: Rule): void => void used.add(rule)
const bare = new Map<string, Outcome>()
const own = new Map<string, Outcome>()
const keyOf = (row: Case, variant: Variant): string => `${row.name} / ${variant}`

/** A few at a time: most of a case is waiting. */
async function runAll(side: Side, outcomes: Map<string, Outcome>): Promise<void> {
  const queue = [...planned]
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      outcomes.set(keyOf(next.row, next.variant), await side.run(next.row, next.variant))
    }
  }
  await Promise.all(Array.from({ length: 6 }, worker))
  await side.close()
}

let close = (): void => {}

beforeAll(async () => {
  // first without: once it has seen an app, the toolbar is in the prototypes that all apps share
  const withoutToolbar = await createSide(
    (_req, _res, next) => next(),
    (row) => (row.requests ?? []).map((request) => asTheAppSeesIt(row, request, use)),
  )
  await runAll(withoutToolbar, bare)
  const { debugToolbar } = await import('debug-toolbar')
  const toolbar = debugToolbar()
  close = () => toolbar.close()
  await runAll(await createSide(toolbar as never, (row) => row.requests ?? []), own)
}, 60_000)
afterAll(() => close())

describe('an app behaves the same with the toolbar', () => {
  it.each(planned.map(({ row, variant }) => [keyOf(row, variant), row, variant] as const))('%s', (_name, row, variant) => {
    const [without, with_] = [bare.get(keyOf(row, variant)), own.get(keyOf(row, variant))]
    if (without === undefined || with_ === undefined) throw new Error('did not run')
    if (row.silentMs === undefined) expect(without.exchange.ending).not.toBe('silent')
    const wire = compareExchange(row, variant, without.exchange, with_.exchange, use)
    expect(wire.actual).toEqual(wire.expected)
    const seen = compareLines(row, variant, without.lines, with_.lines, { bare: without.exchange, own: with_.exchange }, use)
    expect(seen.actual).toEqual(seen.expected)
  })
})

describe('the tables', () => {
  const tested = new Set(cases.flatMap((row) => row.rows))
  it('have a row, or a test elsewhere, for every way to break an app', () => {
    expect(allRows.filter((id) => !tested.has(id) && elsewhere[id] === undefined)).toEqual([])
  })
  it('name tests elsewhere that exist', () => {
    const files = Object.values(elsewhere).map(({ file }) => file)
    expect(files.filter((file) => !existsSync(new URL(`../${file}`, import.meta.url)))).toEqual([])
  })
  it('name each case once', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  })
})

describe('the list of differences', () => {
  it('has no rule that no case needs', () => {
    expect(Object.keys(rules).filter((rule) => !used.has(rule as Rule))).toEqual([])
  })
})
