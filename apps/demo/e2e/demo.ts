import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HistoryCounts, RequestDetail, RequestList, RequestSummary } from '../../../packages/toolbar/src/contract/types.ts'

const server = fileURLToPath(new URL('../src/server.js', import.meta.url))
const navigation = { accept: 'text/html', 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none' }

/** The shop in a process of its own, as a user starts it: inside the test runner its lines would move. */
export class Demo {
  readonly url: string
  readonly #child: ChildProcess
  readonly #folder: string

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url
    this.#child = child
    this.#folder = folder
  }

  static async start(mode: 'development' | 'production'): Promise<Demo> {
    const folder = await mkdtemp(join(tmpdir(), 'shop-e2e-'))
    const child = spawn(process.execPath, [server], {
      env: { ...process.env, NODE_ENV: mode, PORT: '0', DATABASE_URL: `sqlite:${join(folder, 'shop.sqlite')}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const url = await new Promise<string>((resolve, reject) => {
      let output = ''
      // Express prints every unhandled error here, and the pages make some on purpose
      child.stderr.on('data', (data: Buffer) => {
        if (output.length < 10_000) output += data.toString()
      })
      child.once('exit', (code) => reject(new Error(`The demo ended with ${code}: ${output}`)))
      child.stdout.on('data', (data: Buffer) => {
        if (output.length < 10_000) output += data.toString()
        const found = /The shop +(http:\S+)\//.exec(output)?.[1]
        if (found) resolve(found)
      })
    })
    return new Demo(url, child, folder)
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.kill()
    await ended
    await rm(this.#folder, { recursive: true, force: true })
  }

  async api<Answer>(path: string): Promise<Answer> {
    const response = await fetch(`${this.url}/__debug__/api/${path}`)
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as Answer
  }

  panel<Data>(id: string, panel: string): Promise<Data> {
    return this.api<Data>(`requests/${id}/panels/${panel}`)
  }

  /** The record once it is complete: after the response has ended and what it started has too. */
  async record(id: string): Promise<RequestDetail> {
    for (;;) {
      const detail = await this.api<RequestDetail>(`requests/${id}`)
      if (detail.request.state !== 'running') return detail
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async requests(query = ''): Promise<RequestSummary[]> {
    return (await this.api<RequestList>(`requests?${query}`)).requests
  }

  async counts(): Promise<HistoryCounts> {
    return (await this.api<RequestList>('requests?limit=1')).counts
  }

  /** Opens a page as a browser does, without one; answers with the id of its record. */
  async visit(path: string, init: RequestInit = {}): Promise<string> {
    const response = await fetch(this.url + path, { redirect: 'manual', ...init, headers: { ...navigation, ...init.headers } })
    await response.arrayBuffer()
    return response.headers.get('x-debug-toolbar-id') ?? ''
  }
}
