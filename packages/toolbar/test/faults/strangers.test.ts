import { type HistoryCounts, memoryStore, type RequestDetail } from 'debug-toolbar'
import { afterEach, describe, expect, it } from 'vitest'
import { type Running, serve, sleep } from '../harness.ts'

/** What users plug in fails: stores and panels of theirs. The app goes on, every request is accounted for, and the rest is shown. */

let app: Running
afterEach(() => app.close())

const broken = (): never => {
  throw new Error('the disk is full')
}
const hello = (toolbar: Running['toolbar']) => (req: import('node:http').IncomingMessage, res: import('node:http').ServerResponse) =>
  toolbar(req, res, () => {
    if (req.url === '/moved') res.writeHead(302, { Location: '/there' }).end()
    else res.end('hello')
  })

describe('a store that fails', () => {
  it.each(['add', 'get', 'list', 'clear', 'counts'] as const)('in %s', async (method) => {
    app = await serve({ store: { ...memoryStore(), [method]: broken } }, hello)
    for (const path of ['/', '/moved', '/there', '/']) {
      expect((await app.get(path)).status).toBe(path === '/moved' ? 302 : 200)
      // what has ended is handed to the store a moment later
      await sleep(30)
    }
    const health = await app.api<{ counts: HistoryCounts; hooks: { name: string; failures: number; lastError: string | null }[] }>('health')
    const { received, running, stored, evicted, cleared, dropped, ignored } = health.counts
    if (method !== 'counts') expect(running + stored + evicted + cleared + dropped + ignored).toBe(received)
    expect(running).toBe(0)
    expect(received).toBe(4)
    if (method === 'list' || method === 'clear') await app.api('requests')
    if (method !== 'clear')
      expect((await app.api<typeof health>('health')).hooks.find(({ lastError }) => lastError?.includes('the disk is full'))).toBeDefined()
  })
})

describe('a panel that fails', () => {
  it('is named, and the others are shown', async () => {
    const failing = { id: 'mine', title: 'Mine', types: [], summary: broken, data: broken }
    app = await serve({ panels: (all) => [...all, failing] }, hello)
    await app.get('/')
    const { id } = await app.latest('/')
    const { panels } = await app.api<RequestDetail>(`requests/${id}`)
    expect(panels.find((panel) => panel.id === 'mine')).toEqual({
      id: 'mine',
      title: 'Mine',
      summary: 'failed',
      tone: 'error',
      count: null,
    })
    expect(panels.find((panel) => panel.id === 'sql')).toMatchObject({ summary: expect.anything(), count: 0 })
    const answer = await app.get(`/__debug__/api/requests/${id}/panels/mine`)
    expect(answer.status).toBe(500)
    expect(await answer.json()).toMatchObject({ error: { code: 'PANEL_FAILED', message: expect.stringContaining("'mine'") } })
  })
})
