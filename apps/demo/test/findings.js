import { createRequire } from 'node:module'
import { pino } from 'pino'

// Loaded by Node itself: the test runner's transforms would move the lines that the rules read.
const require = createRequire(import.meta.url)

/**
 * A shop with the toolbar on it, and what its rules say about a page.
 * @param {string} databaseUrl
 * @param {string} source of another copy of the shop
 */
export async function openWatchedShop(databaseUrl, source = '../src/app.js') {
  const { createApp } = require(source)
  const shop = await createApp({ databaseUrl, logger: pino({ level: 'silent' }) })
  const server = shop.app.listen(0)
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${server.address().port}`
  const api = async (path) => (await fetch(`${url}/__debug__/api/${path}`)).json()

  /** A request as a browser makes it, and its findings once it is recorded. */
  async function visit(path, options = {}) {
    const response = await fetch(url + path, {
      redirect: 'manual',
      ...options,
      headers: { accept: 'text/html', 'sec-fetch-dest': 'document', ...options.headers },
    })
    const html = await response.text()
    const id = response.headers.get('x-debug-toolbar-id')
    const { request, findings } = await recorded(id)
    return {
      status: response.status,
      headers: response.headers,
      html,
      queries: request.counts.sql ?? 0,
      request,
      findings,
      passed: () => api(`requests/${id}/panels/findings`),
    }
  }

  async function recorded(id) {
    for (let attempt = 0; attempt < 300; attempt++) {
      const answer = await api(`requests/${id}`)
      if (answer.request !== undefined && answer.request.state !== 'running' && (await api('requests?limit=1')).counts.running === 0)
        return api(`requests/${id}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error(`request ${id} was not recorded`)
  }

  async function close() {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await shop.close()
  }
  return { ...shop, url, visit, close }
}

/** A file with the lines of a finding's change instead of its own. */
export function applyChange(text, { firstLine, lines }) {
  const own = text.split('\n')
  const before = lines.filter(({ kind }) => kind !== 'added').map((line) => line.text)
  const after = lines.filter(({ kind }) => kind !== 'removed').map((line) => line.text)
  if (own.slice(firstLine - 1, firstLine - 1 + before.length).join('\n') !== before.join('\n'))
    throw new Error('the change is not of these lines')
  own.splice(firstLine - 1, before.length, ...after)
  return own.join('\n')
}
