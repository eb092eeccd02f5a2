import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { missingLine, reachable, serviceUrl } from './services.mjs'

/** A port of the loopback on which nothing listens. */
async function closedPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('services', () => {
  beforeEach(() => {
    vi.stubEnv('CI', '')
    vi.stubEnv('DEBUG_TOOLBAR_REQUIRE_ALL', '')
  })
  afterEach(() => vi.unstubAllEnvs())

  it('takes the address from the environment, else the usual local one', () => {
    vi.stubEnv('TEST_REDIS_URL', '')
    expect(serviceUrl('redis')).toBe('redis://127.0.0.1:6379')
    vi.stubEnv('TEST_REDIS_URL', 'redis://localhost:7000')
    expect(serviceUrl('redis')).toBe('redis://localhost:7000')
    expect(() => serviceUrl('oracle')).toThrow("no test service 'oracle': there are pg, mysql, redis")
  })

  it('says whether something listens', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    vi.stubEnv('TEST_PG_URL', `postgres://127.0.0.1:${server.address().port}/test`)
    expect(await reachable('pg')).toBe(true)
    server.close()
    vi.stubEnv('TEST_PG_URL', `postgres://127.0.0.1:${await closedPort()}/test`)
    expect(await reachable('pg')).toBe(false)
  })

  it('throws where skipping is not allowed', async () => {
    vi.stubEnv('TEST_MYSQL_URL', `mysql://127.0.0.1:${await closedPort()}/test`)
    vi.stubEnv('CI', 'true')
    await expect(reachable('mysql')).rejects.toThrow(
      /MariaDB does not answer at 127\.0\.0\.1:\d+: start it, or set TEST_MYSQL_URL\. Skipping is not allowed/,
    )
  })

  it('names what is missing in one line', async () => {
    for (const name of ['TEST_PG_URL', 'TEST_REDIS_URL', 'TEST_MYSQL_URL']) vi.stubEnv(name, `x://127.0.0.1:${await closedPort()}`)
    const line = await missingLine()
    expect(line).toMatch(
      /^skipping the tests that need PostgreSQL \(127\.0\.0\.1:\d+\), MariaDB .*, Redis .*: no answer\. Start it, or set TEST_PG_URL, /,
    )
    expect(line).not.toContain('\n')
  })
})
