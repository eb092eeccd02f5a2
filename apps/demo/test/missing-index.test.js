import { spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import knex from 'knex'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reachable, serviceUrl } from '../../../scripts/services.mjs'

const folder = mkdtempSync(path.join(tmpdir(), 'shop-index-'))
const own = `toolbar_shop_${process.pid}`

/** the same server with another database */
function sibling(url, name) {
  const other = new URL(url)
  other.pathname = `/${name}`
  return String(other)
}

async function onServer(sql) {
  const db = knex({ client: 'pg', connection: serviceUrl('pg') })
  await db.raw(sql)
  await db.destroy()
}

const databases = [
  {
    name: 'SQLite',
    available: true,
    url: () => `sqlite:${path.join(folder, 'shop.sqlite')}`,
    before: async () => {},
    after: async () => {},
  },
  {
    name: 'PostgreSQL',
    available: await reachable('pg'),
    url: () => sibling(serviceUrl('pg'), own),
    before: () => onServer(`create database ${own}`),
    after: () => onServer(`drop database if exists ${own} with (force)`),
  },
]

afterAll(() => rmSync(folder, { recursive: true, force: true }))

for (const database of databases)
  describe.skipIf(!database.available)(`the page of the missing index on ${database.name}`, () => {
    let server
    let url

    beforeAll(async () => {
      await database.before()
      server = spawn(process.execPath, [fileURLToPath(new URL('../src/server.js', import.meta.url))], {
        env: { ...process.env, NODE_ENV: 'development', PORT: '0', DATABASE_URL: database.url() },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let output = ''
      for await (const [data] of on(server.stdout, 'data')) {
        output += data
        url = /The shop +(http:\S+)\//.exec(output)?.[1]
        if (url) break
      }
      server.stdout.resume()
    }, 30_000)
    afterAll(async () => {
      server.kill()
      await once(server, 'exit')
      await database.after()
    })

    const findings = async (page, attempts) => {
      const answer = await fetch(url + page, { headers: { accept: 'text/html', 'sec-fetch-dest': 'document' } })
      await answer.text()
      const id = answer.headers.get('x-debug-toolbar-id')
      for (let attempt = 0; attempt < attempts; attempt++) {
        const detail = await (await fetch(`${url}/__debug__/api/requests/${id}`)).json()
        const found = (detail.findings ?? []).filter(({ rule }) => rule === 'missing-index')
        if (found.length > 0) return found
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      return []
    }

    test('names the index to add', async () => {
      const [finding] = await findings('/wrong/missing-index', 60)
      expect(finding?.change.lines[0].text).toBe('create index reviews_reviewer_email_idx on reviews (reviewer_email);')
      expect(finding.evidence).toMatch(/10,000 rows/)
      expect(finding.site.file).toMatch(/wrong\/time\.js$/)
    })

    test('is quiet about its fixed twin', async () => {
      expect(await findings('/wrong/missing-index/fixed', 10)).toEqual([])
    })
  })
