import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Toolbar } from 'debug-toolbar'
import express, { type NextFunction, type Request, type Response } from 'express'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { errorCode, expectInnocent, type GateApp, startGate, toRoute } from './gate-app.ts'

let app: GateApp
afterEach(() => app.close())

describe('T50 T54 no request names a file', () => {
  it('no route takes one, by any name', async () => {
    app = await startGate()
    const names = ['file', 'path', 'frame', 'line', 'url', 'root']
    for (const sample of app.samples.filter(({ pattern, method }) => pattern.startsWith('api/') && method !== 'DELETE'))
      for (const name of names) {
        const answer = await app.ask({ ...toRoute(sample), target: `${sample.target}?${name}=/etc/passwd` })
        expect([answer.status, errorCode(answer)], `${sample.target}?${name}`).toEqual([400, 'BAD_PARAM'])
        expectInnocent(answer, sample.target)
      }
  })

  it('T53 T55 and none opens an editor: what the server may start is one program of its own', async () => {
    app = await startGate()
    expect(app.samples.filter(({ pattern }) => /\bopen\b(?!api)|editor|source|launch/.test(pattern))).toEqual([])
    const starting = (folder: string, ending: string): string[] =>
      (readdirSync(folder, { recursive: true }) as string[]).filter(
        (file) => file.endsWith(ending) && /node:child_process|node:worker_threads/.test(readFileSync(path.join(folder, file), 'utf8')),
      )
    const sources = fileURLToPath(new URL('../../src', import.meta.url))
    expect(new Set(starting(sources, '.ts').map((file) => path.dirname(file)))).toEqual(new Set(['console']))
    // nothing of it is loaded before somebody reads
    const built = fileURLToPath(new URL('../../dist/node', import.meta.url))
    expect(starting(built, '.js').sort()).toEqual(['answers.js', 'sqlite-child.js'])
  })
})

it('T51 a message that looks like a stack leads to no file, whether it is thrown or logged', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'forged-'))
  // made here, since the source of this very file is shown
  const marker = `forged-${process.pid}-${Date.now()}`
  const secret = path.join(folder, 'secret.js')
  writeFileSync(secret, `const found = '${marker}'\n`.repeat(20))
  app = await startGate({
    app: (toolbar) => {
      const shop = express()
      if (toolbar !== null) shop.use(toolbar)
      shop.get('/fail', () => {
        throw new Error(`x\n    at a (${secret}:3:1)\n    at b (file://${secret}:4:1)`)
      })
      shop.use((_error: Error, _req: Request, res: Response, _next: NextFunction) => void res.status(500).end('failed'))
      return shop as never
    },
  })
  expect((await app.ask({ target: '/fail' })).status).toBe(500)
  const { requests } = await app.api('requests')
  const id = requests.find(({ path: asked }) => asked === '/fail')?.id ?? ''
  await vi.waitFor(async () => expect((await app.api<{ request: { state: string } }>(`requests/${id}`)).request.state).toBe('done'))
  const { entries } = await app.api<{ entries: { id: number; type: string; site: { file: string } | null }[] }>(`requests/${id}/entries`)
  const exception = entries.find(({ type }) => type === 'exception')
  expect(exception?.site?.file ?? '').not.toContain('secret.js')
  const read = await Promise.all([
    ...entries.map((entry) => app.ask({ target: `/__debug__/api/requests/${id}/entries/${entry.id}` })),
    app.ask({ target: `/__debug__/api/requests/${id}/panels/exceptions` }),
  ])
  expect(read.map(({ status }) => status)).toEqual(read.map(() => 200))
  // the message itself is shown; what it points at is not
  expect(read.some(({ body }) => body.includes('secret.js'))).toBe(true)
  for (const { body } of read) expect(body).not.toContain(marker)
  rmSync(folder, { recursive: true })
})

it('T68 nothing that a client sends gets into a terminal', async () => {
  let printed = ''
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += String(text)
    return true
  })
  app = await startGate({ host: '0.0.0.0', options: { allowedPeers: ['10.9.9.9'] } })
  for (const target of ['/%0a[debug-toolbar]%20disabled%1b[2J', '/__debug__/api/%0a%1b[31m', '/__debug__/\u009b31m'])
    for (const headers of [
      {},
      { Host: 'evil\u001b[2J' },
      { 'X-Forwarded-For': '10.9.9.9\u001b[2J' },
      { 'User-Agent': '\u001b]0;owned\u0007' },
    ] as Record<string, string>[])
      await app.ask({ target, headers }).catch(() => null)
  write.mockRestore()
  const lines = printed.split('\n').filter((line) => line !== '')
  expect(lines).toHaveLength(2)
  for (const line of lines) expect(line).toMatch(/^\[debug-toolbar\] [\x20-\x7e]+$/)
  expect(printed).not.toMatch(/disabled|owned/)
})

it('T52 a source map leads to files of code only, whatever it names and wherever a link leads', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mapped-'))
  const secrets = path.join(folder, '.env')
  writeFileSync(secrets, `KEY=canary-${process.pid}\n`.repeat(20))
  writeFileSync(path.join(folder, 'written.ts'), `// written-${process.pid}\n`.repeat(20))
  symlinkSync(secrets, path.join(folder, 'linked.ts'))
  const handler = (name: string, source: string): ((req: Request, res: Response) => void) => {
    const map = JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAAA;AACA;AACA' })
    const file = path.join(folder, name)
    writeFileSync(
      file,
      `module.exports = (measure) => (_req, res) => {\nmeasure('span', () => 1); res.send('fine')\n}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}\n`,
    )
    return createRequire(import.meta.url)(file)(measure)
  }
  let measure: Toolbar['measure'] = (_name, run) => run()
  app = await startGate({
    app: (toolbar) => {
      const shop = express()
      if (toolbar !== null) {
        shop.use(toolbar)
        measure = toolbar.measure
      }
      for (const [name, source] of [
        ['env', '.env'],
        ['linked', 'linked.ts'],
        ['passwd', '../../../../../../etc/passwd'],
        ['written', 'written.ts'],
      ] as const)
        shop.get(`/${name}`, handler(`${name}.cjs`, source) as never)
      return shop as never
    },
  })
  const texts: Record<string, string> = {}
  for (const name of ['env', 'linked', 'passwd', 'written']) {
    expect((await app.ask({ target: `/${name}` })).status).toBe(200)
    const id = await vi.waitFor(async () => {
      const { requests } = await app.api('requests')
      const found = requests.find(({ path: asked, state }) => asked === `/${name}` && state === 'done')
      expect(found).toBeDefined()
      return found?.id ?? ''
    })
    const { entries } = await app.api<{ entries: { id: number }[] }>(`requests/${id}/entries?type=span`)
    texts[name] = JSON.stringify(await app.api(`requests/${id}/entries/${entries[0]?.id}`))
  }
  expect(texts.written).toContain(`written-${process.pid}`)
  for (const name of ['env', 'linked', 'passwd']) expect(texts[name]).toContain('"source":null')
  expect(Object.values(texts).join()).not.toMatch(/canary|root:/)
  rmSync(folder, { recursive: true })
})
