import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const SERVER = fileURLToPath(new URL('../src/server.js', import.meta.url))

/** Starts the shop as a user would, and waits until it gives up. */
async function start(env) {
  const child = spawn(process.execPath, [SERVER], { env: { ...process.env, NODE_ENV: 'development', ...env } })
  let errors = ''
  child.stderr.on('data', (data) => {
    errors += data
  })
  const [code] = await once(child, 'close')
  return { code, errors }
}

async function expectOneLine(env, ...patterns) {
  const { code, errors } = await start(env)
  expect(errors).not.toContain('secret')
  expect(errors.trim().split('\n')).toHaveLength(1)
  for (const pattern of patterns) expect(errors).toMatch(pattern)
  expect(code).toBe(1)
}

test('a port in use is named, with another one to try', { timeout: 20_000 }, async () => {
  const taken = createServer().listen(0)
  await once(taken, 'listening')
  const { port } = taken.address()
  await expectOneLine({ PORT: String(port), DATABASE_URL: 'sqlite::memory:' }, `Port ${port} is in use`, `PORT=${port + 1}`)
  taken.close()
})

test.each([
  ['a server that is not there', 'postgres://shop:secret@127.0.0.1:1/shop', /PostgreSQL 127\.0\.0\.1:1\/shop/, /ECONNREFUSED/],
  ['a MySQL server that is not there', 'mysql://shop:secret@127.0.0.1:1/shop', /MySQL 127\.0\.0\.1:1\/shop/, /ECONNREFUSED/],
  ['an unknown kind of database', 'oracle://shop:secret@127.0.0.1/shop', /DATABASE_URL "oracle:\/\/shop:\*\*\*@/, /Use sqlite:/],
  ['a URL without a database', 'postgres://127.0.0.1', /names no database/],
  ['what is no URL', 'shop', /DATABASE_URL "shop" names no database this shop knows/],
  ['a folder instead of a file', 'sqlite:.', /unable to open database file/],
])('%s gives one line that says what to do', { timeout: 20_000 }, async (_name, databaseUrl, ...patterns) => {
  await expectOneLine({ PORT: '0', DATABASE_URL: databaseUrl }, /DATABASE_URL/, ...patterns)
})

test('a port that is no port is refused', { timeout: 20_000 }, () => expectOneLine({ PORT: 'eighty' }, /PORT is "eighty"/))
