import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { memoryStore, type RequestSummary } from 'debug-toolbar'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { allHooks, resetHooks, setFault } from '../../dist/internals.js'
import { type Running, serve, sleep } from '../harness.ts'

let app: Running
afterEach(() => {
  setFault(null)
  resetHooks()
  return app.close()
})

/** An app with a stream open: what was told so far. */
async function start(maxRequests = 100) {
  app = await serve({ store: memoryStore({ maxRequests }) }, (toolbar) => (req, res) => toolbar(req, res, () => void res.end('ok')))
  const requests: RequestSummary[] = []
  const gone = new Set<string>()
  let cleared = false
  const answer = await fetch(`${app.url}/__debug__/api/stream`)
  let rest = ''
  const read = (text: string): void => {
    const events = (rest + text).split('\n\n')
    rest = events.pop() as string
    for (const event of events) {
      const data = JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? 'null')
      if (event.startsWith('event: request')) requests.push(data)
      if (event.startsWith('event: cleared')) cleared = true
      if (event.startsWith('event: gone')) for (const id of data.ids) gone.add(id)
    }
  }
  void answer.body?.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write: read }))
  return {
    requests,
    gone,
    isCleared: () => cleared,
    statesOf: (path: string) => requests.filter((request) => request.path === path).map(({ state }) => state),
    /** until nothing has come for longer than the longest pause */
    async quiet() {
      for (let before = -1; before < requests.length; ) {
        before = requests.length
        await sleep(600)
      }
    },
  }
}

const tellingMs = 2

/** Makes telling of a record dear, so that the machine does not matter. */
function dear(): { count: number } {
  const tellings = { count: 0 }
  setFault((name, when) => {
    if (name !== 'bus.request' || when === 'after') return undefined
    tellings.count++
    const until = performance.now() + tellingMs
    while (performance.now() < until);
    return undefined
  })
  return tellings
}

async function burst(count: number): Promise<void> {
  const some = 10
  for (let left = count; left > 0; left -= some) await Promise.all(Array.from({ length: some }, (_, at) => app.get(`/burst/${left - at}`)))
}

/** The last state of each record that was told of. */
const lastStates = (requests: readonly RequestSummary[]) => new Map(requests.map(({ id, state }) => [id, state]))

describe('telling of records', () => {
  it('a request alone is told at its start and at its end', async () => {
    const { statesOf, quiet } = await start()
    for (const path of ['/first', '/second']) {
      await app.get(path)
      await vi.waitFor(() => expect(statesOf(path)).toEqual(['running', 'done']))
      // the first of a process may have used up the credit
      await quiet()
    }
  })

  it('takes a tenth of the time under load, and tells of all that is kept in the end', async () => {
    const { requests, gone, quiet } = await start(30)
    const tellings = dear()
    const from = performance.now()
    await burst(300)
    await quiet()
    expect(tellings.count * tellingMs).toBeLessThan(10 + (performance.now() - from) / 10 + 2 * tellingMs)
    expect(requests.length).toBeLessThan(600)
    const states = lastStates(requests)
    const { requests: kept } = await app.api('requests?limit=100')
    expect(kept.map(({ id }) => states.get(id))).toEqual(Array(30).fill('done'))
    for (const [id, state] of states) if (state === 'running') expect(gone).toContain(id)
    const ended = new Set<string>()
    for (const { id, state } of requests) {
      if (state !== 'running') ended.add(id)
      else expect(ended).not.toContain(id)
    }
  })

  it('says what happened meanwhile once', async () => {
    const { statesOf } = await start()
    dear()
    await burst(10)
    await app.get('/last')
    await vi.waitFor(() => expect(statesOf('/last')).toEqual(['done']), 2_000)
  })

  it('leaves out what has been evicted', async () => {
    const { requests, quiet } = await start(5)
    dear()
    await burst(200)
    const { requests: kept } = await app.api('requests?limit=100')
    const before = requests.length
    await quiet()
    const late = requests.slice(before).map(({ id }) => id)
    expect(late.length).toBeGreaterThan(0)
    expect(kept.map(({ id }) => id)).toEqual(expect.arrayContaining(late))
  })

  it('leaves out what has been cleared', async () => {
    const { requests, isCleared, quiet } = await start()
    dear()
    await burst(60)
    await fetch(`${app.url}/__debug__/api/requests`, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json', 'x-debug-toolbar': '1' },
    })
    await vi.waitFor(() => expect(isCleared()).toBe(true))
    const before = requests.length
    await quiet()
    expect(requests.length).toBe(before)
    expect(lastStates(requests).size).toBeLessThan(60)
    await app.get('/after')
    await vi.waitFor(() => expect(requests.at(-1)).toMatchObject({ path: '/after', state: 'done' }))
  })

  it('goes on after failures, however many, which are counted and cost no record', async () => {
    const { requests, statesOf } = await start()
    setFault((name, when) => {
      if (name === 'telling.tell' && when === 'before') throw new Error('planted')
      return undefined
    })
    await burst(30)
    await vi.waitFor(() => expect(allHooks().find(({ name }) => name === 'telling.tell')?.failures).toBeGreaterThanOrEqual(30), 2_000)
    setFault(null)
    expect(requests).toEqual([])
    await app.get('/later')
    await vi.waitFor(() => expect(statesOf('/later').at(-1)).toBe('done'))
    expect((await app.api('requests')).counts).toMatchObject({ stored: 31, dropped: 0, running: 0 })
  })

  it('does not hold up the end of a process', async () => {
    app = await serve({}, () => (_req, res) => void res.end())
    const child = spawn(process.execPath, [fileURLToPath(new URL('exit.mjs', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    const [code] = await once(child, 'close')
    expect(code).toBe(0)
    const { answered, told } = JSON.parse(text)
    expect(answered).toBe(50)
    expect(told).toBeGreaterThan(0)
    expect(told).toBeLessThan(50)
  })
})
