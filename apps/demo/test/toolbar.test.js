import { spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The server as a user starts it, and not inside the test runner, whose transforms would move the lines the toolbar names.
let server
let url
beforeAll(async () => {
  server = spawn(process.execPath, [fileURLToPath(new URL('../src/server.js', import.meta.url))], {
    env: { ...process.env, NODE_ENV: 'development', PORT: '0', DATABASE_URL: 'sqlite::memory:' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  for await (const [data] of on(server.stdout, 'data')) {
    output += data
    url = /The shop +(http:\S+)\//.exec(output)?.[1]
    if (url) break
  }
  server.stdout.resume()
  expect(output).toContain(`${url}/wrong`)
  expect(output).toContain(`${url}/__debug__/`)
}, 20_000)
afterAll(async () => {
  server.kill()
  await once(server, 'exit')
})

test('the N+1 page shows its 51 queries, each with the line of this shop that asked', async () => {
  const page = await fetch(`${url}/wrong/n-plus-one`, { headers: { accept: 'text/html', 'sec-fetch-dest': 'document' } })
  await page.text()
  const id = page.headers.get('x-debug-toolbar-id')
  const { entries } = await (await fetch(`${url}/__debug__/api/requests/${id}/entries?type=sql`)).json()
  expect(entries).toHaveLength(51)
  for (const { site } of entries) expect(site.file).toMatch(/src\/routes\/wrong\/queries\.js$/)
  expect(new Set(entries.map(({ site }) => site.line)).size).toBe(2)
})
