import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createApp } from '../src/app.js'

/** A freshly seeded shop of its own on a free port, without the toolbar unless asked for. */
export async function openShop({ toolbar = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'shop-'))
  const shop = await createApp({ databaseUrl: `sqlite:${join(folder, 'shop.sqlite')}`, logger: pino({ level: 'silent' }), toolbar })
  const server = shop.app.listen(0)
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${server.address().port}`

  /** The page, and the SQL it took. */
  async function visit(path, options) {
    const queries = []
    const collect = ({ sql }) => queries.push(sql)
    shop.db.on('query', collect)
    const response = await fetch(url + path, { redirect: 'manual', ...options })
    const text = await response.text()
    shop.db.removeListener('query', collect)
    return { status: response.status, headers: response.headers, text, queries }
  }

  async function close() {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await shop.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { ...shop, url, visit, close }
}
