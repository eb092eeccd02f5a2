import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/**
 * The list of threats has ninety rows, T1 to T90. Each is held by a test that names it in a title; or by one of the tests below, under names
 * that say what they do; or is a todo here. None can be forgotten.
 */
const repository = fileURLToPath(new URL('../../../..', import.meta.url))

/** Held under other names: file, and words of it. */
const elsewhere: Readonly<Record<string, [file: string, words: string]>> = {
  T26: ['packages/toolbar/test/gate/browser.test.ts', 'T23 the overlay holds nothing of the app'],
  T49: ['packages/toolbar/src/core/sql/statement.test.ts', 'costs linear time whatever comes'],
  T57: ['packages/toolbar/test/gate/network.test.ts', '/__debug__/assets/..%2f..%2fpackage.json'],
  // rules of the user are names and patterns: nothing of theirs is called
  T63: ['packages/toolbar/test/options.test.ts', 'quantifier inside of a quantified group'],
  T66: ['scripts/soak/scenarios/big-bodies.mjs', 'uploads piped to nowhere'],
  T69: ['packages/toolbar/test/differential/cases/heads.ts', "['R21', 'T69']"],
  // the toolbar parses and forwards no HTTP: there is only where an answer ends
  T76: ['packages/toolbar/test/differential/connections.test.ts', 'T75: where one answer ends the next begins'],
  // a page that was kept is like any other that outlives its app
  T82: ['apps/demo/e2e/page-life.e2e.ts', 'T71 a saved page without its app, its assets or its record is only a page'],
}

/** What is not there to be tested, and what is not held, in words. */
const todo: Readonly<Record<string, string>> = {
  T34: 'a preview of HTML runs nothing; there is no such preview',
  T56: 'a CPU profile is short, one at a time, and opens no port; there is no profile yet',
  T67: 'nothing of the app is inflated; there is no store with compressed records yet',
  T80: 'children that inherit a preload are left alone; there is no preload yet',
  T81: 'only the server of the app is attached to; there is no preload yet',
  T83: 'apps with one store do not meet; the only store is in memory',
  T84: 'a record of a store is not trusted; the only store is in memory',
  T85: 'a store in SQL is asked with parameters; there is none yet',
  T88: 'agents pass the same gate; there is no MCP server yet',
  T89: 'agents get data as data; there is no MCP server yet',
  T90: 'agents get what the API gives; there is no MCP server yet',
}

/** Titles of tests that run: the first argument of `it`, `check`, `describe` and the like, or of what their `each` returned, and the names in its tables. */
function titlesOf(text: string): string[] {
  const calls = /(?:\b(?:it|test|check|describe)((?:\.\w+)*)(?:<[^()]*>)?\(|\)\(|\bname:)\s*(['"`])((?:(?!\2)[^\\\n]|\\.)*)\2/g
  return [...text.matchAll(calls)]
    .filter(([, how = '']) => !/\.(?:skip|todo|fixme|fails)\b/.test(how))
    .map(([, , , title]) => title as string)
}

const titles = (['packages', 'apps'] as const)
  .flatMap((folder) => (readdirSync(path.join(repository, folder), { recursive: true }) as string[]).map((file) => path.join(folder, file)))
  .filter((file) => /\.(?:test|e2e)\.tsx?$/.test(file) && !file.includes('node_modules') && !file.endsWith('threats.test.ts'))
  .flatMap((file) => titlesOf(readFileSync(path.join(repository, file), 'utf8')))
  .join('\n')

/** `T29`, or a part of `T29-T38` or `T29 to T38`. */
function isNamed(number: number): boolean {
  for (const [, from, to] of titles.matchAll(/\bT(\d{1,2})(?:\s*(?:-|–|to)\s*T(\d{1,2}))?\b/g))
    if (number === Number(from) || (to !== undefined && number > Number(from) && number <= Number(to))) return true
  return false
}

describe('every threat of the list is accounted for', () => {
  for (let number = 1; number <= 90; number++) {
    const id = `T${number}`
    const known = elsewhere[id]
    if (isNamed(number)) continue
    if (known !== undefined)
      it(`${id} is held by ${known[0]}`, () => {
        expect(readFileSync(path.join(repository, known[0]), 'utf8')).toContain(known[1])
      })
    else if (todo[id] !== undefined) it.todo(`${id} ${todo[id]}`)
    else
      it(`${id} has a test`, () => {
        expect.fail(`${id} is in no title of a test, not held elsewhere, and no todo`)
      })
  }

  it('titles are read, of tests that run alone', () => {
    const text = `it('T1 a', f); it.skip("T2 b", f); test.each<[string, number]>([['T3', 1]])('T4 %s', f); const x = 'T5'; describe.todo('T6')`
    expect(titlesOf(text)).toEqual(['T1 a', 'T4 %s'])
  })

  it('what is held is no todo', () => {
    const held = Object.keys(todo).filter((id) => isNamed(Number(id.slice(1))) || id in elsewhere)
    expect(held).toEqual([])
    expect(Object.keys(elsewhere).filter((id) => isNamed(Number(id.slice(1))))).toEqual([])
  })

  it('and the list has no others', () => {
    for (const id of [...Object.keys(elsewhere), ...Object.keys(todo)]) expect(Number(id.slice(1))).toBeLessThanOrEqual(90)
    for (let number = 1; number <= 28; number++) expect(isNamed(number) || `T${number}` in elsewhere, `T${number} is tested`).toBe(true)
  })
})
