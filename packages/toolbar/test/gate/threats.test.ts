import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/**
 * The list of threats has ninety rows, T1 to T90. Each is held by a test that names it in a title; or by one of the tests below, under names
 * that say what they do; or is a todo here. None can be forgotten.
 */
const repository = fileURLToPath(new URL('../../../..', import.meta.url))

/** Held under other names: file, and words of the title. */
const elsewhere: Readonly<Record<string, [file: string, words: string]>> = {
  T26: ['packages/toolbar/test/gate/browser.test.ts', 'T23 the overlay holds nothing of the app'],
  T49: ['packages/toolbar/src/core/sql/statement.test.ts', 'costs linear time whatever comes'],
  T57: ['packages/toolbar/test/gate/network.test.ts', '/__debug__/assets/..%2f..%2fpackage.json'],
}

/** What is not tested yet, in words. A row that gets its test is a todo no more, whether it is taken off here or not. */
const todo: Readonly<Record<string, string>> = {
  T29: 'text of the app becomes no HTML, in any panel of a real browser',
  T30: 'keys are text as values are',
  T31: 'names of the database are text',
  T32: 'addresses of the app become no links with a script',
  T33: 'nothing recorded is inlined in the page',
  T34: 'a preview of HTML runs nothing; there is no such preview',
  T35: 'colours of a terminal become no markup',
  T36: 'values become no style',
  T37: 'elements of the page with names of globals lead nowhere',
  T38: 'data pollutes no prototype, on neither side',
  T40: 'hostile values are pictured without a call, in bounds',
  T52: 'a source map leads to no file outside of the project',
  T56: 'a CPU profile is short, one at a time, and opens no port; there is no profile yet',
  T58: 'no secret leaves on any channel',
  T59: 'innocent names stay readable',
  T60: 'secret keys are known in sixty shapes',
  T61: 'secrets are known by their values',
  T62: 'masking comes before cutting',
  T63: 'a rule of the user that fails hides the value',
  T64: 'a session is read without being saved',
  T65: 'memory is bounded',
  T66: 'a body is neither read for the app nor kept',
  T67: 'nothing of the app is inflated; there is no store with compressed records yet',
  T69: 'names in Server-Timing are tokens',
  T70: 'the headers of the toolbar stay small',
  T71: 'an injected page is kept by no cache, and harmless when it is',
  T73: 'a policy of the page is never weakened',
  T74: 'a nonce of the page is not recorded',
  T75: 'the length of a response is right',
  T76: 'nothing can be smuggled past the length of a response; the toolbar parses and forwards no HTTP',
  T80: 'children that inherit a preload are left alone; there is no preload yet',
  T81: 'only the server of the app is attached to; there is no preload yet',
  T82: 'a prerendered page works without the toolbar',
  T83: 'apps with one store do not meet; the only store is in memory',
  T84: 'a record of a store is not trusted; the only store is in memory',
  T85: 'a store in SQL is asked with parameters; there is none yet',
  T88: 'agents pass the same gate; there is no MCP server yet',
  T89: 'agents get data as data; there is no MCP server yet',
  T90: 'agents get what the API gives; there is no MCP server yet',
}

const titles = (['packages', 'apps'] as const)
  .flatMap((folder) => (readdirSync(path.join(repository, folder), { recursive: true }) as string[]).map((file) => path.join(folder, file)))
  .filter((file) => /\.(?:test|e2e)\.tsx?$/.test(file) && !file.includes('node_modules') && !file.endsWith('threats.test.ts'))
  .map((file) => readFileSync(path.join(repository, file), 'utf8'))
  .flatMap((text) => text.match(/['"`][^'"`\n]*\bT\d{1,2}\b[^\n]*/g) ?? [])
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

  it('and the list has no others', () => {
    for (const id of [...Object.keys(elsewhere), ...Object.keys(todo)]) expect(Number(id.slice(1))).toBeLessThanOrEqual(90)
    for (let number = 1; number <= 28; number++) expect(isNamed(number) || `T${number}` in elsewhere, `T${number} is tested`).toBe(true)
  })
})
