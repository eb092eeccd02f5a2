import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('function-places.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'coverage-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Coverage {
  result: { url: string; functions: { functionName: string; ranges: { count: number }[] }[] }[]
}

describe('where a middleware is written', () => {
  it('is told of files, of scripts with a name and of none without, and leaves coverage that is taken as it is', async () => {
    const { NODE_ENV: _unset, NODE_OPTIONS: _none, ...env } = process.env
    const child = spawn(process.execPath, [program], { env: { ...env, NODE_V8_COVERAGE: folder }, stdio: ['ignore', 'pipe', 'inherit'] })
    let printed = ''
    child.stdout.on('data', (chunk) => {
      printed += chunk
    })
    await once(child, 'close')
    const written = readFileSync(program, 'utf8').split('\n')
    const line = written.findIndex((text) => text.includes('function written'))
    expect(JSON.parse(printed)).toMatchObject({
      written: [program, line + 1, (written[line] as string).indexOf('(_req') + 1],
      compiled: ['/app/compiled.js', 2, 21],
      made: null,
    })

    const { result } = JSON.parse(readFileSync(join(folder, readdirSync(folder)[0] as string), 'utf8')) as Coverage
    const counts = result
      .find(({ url }) => url === pathToFileURL(program).href)
      ?.functions.filter(({ functionName }) => functionName === 'written')
      .map(({ ranges }) => ranges[0]?.count)
    expect(counts).toEqual([5])
  })
})
