import { type ClientHttp2Session, connect, createServer, type OutgoingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { debugToolbar, type Entry, type RequestList } from 'debug-toolbar'
import { afterEach, expect, it, vi } from 'vitest'
import { browser, html } from './case.ts'

/** R25: what HTTP/2 has in other places than HTTP/1. */

let session: ClientHttp2Session
let close = async (): Promise<void> => {}
afterEach(() => close())

async function start(
  answer: (
    req: import('node:http').IncomingMessage,
    res: import('node:http').ServerResponse,
    toolbar: ReturnType<typeof debugToolbar>,
  ) => void,
) {
  const toolbar = debugToolbar()
  const server = createServer((req, res) => toolbar(req as never, res as never, () => answer(req as never, res as never, toolbar)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  session = connect(`http://localhost:${(server.address() as AddressInfo).port}`)
  close = async () => {
    session.close()
    toolbar.close()
    await new Promise((resolve) => server.close(resolve))
  }
}

/** Sends the parts of a body one by one, and returns what came back. */
async function ask(headers: OutgoingHttpHeaders, parts: string[] = []): Promise<{ body: string; headers: Record<string, unknown> }> {
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const stream = session.request({ ':authority': 'localhost', ...sent }, { endStream: parts.length === 0 })
  const answered = new Promise<{ body: string; headers: Record<string, unknown> }>((resolve, reject) => {
    let received = {}
    let body = ''
    stream.on('response', (got) => {
      received = got
    })
    stream.on('data', (data) => {
      body += data
    })
    stream.on('end', () => resolve({ body, headers: received }))
    stream.on('error', reject)
  })
  for (const part of parts) await new Promise((written) => stream.write(part, written))
  if (parts.length > 0) stream.end()
  return answered
}

const newest = (): Promise<RequestList['requests'][number]> =>
  vi.waitFor(async () => {
    const { requests, counts } = JSON.parse((await ask({ ':path': '/__debug__/api/requests' })).body) as RequestList
    expect(counts.running).toBe(0)
    return requests[0] as RequestList['requests'][number]
  })

it('what starts when a body without a length has come belongs to its request', async () => {
  await start((req, res, toolbar) => {
    req.resume().on('end', async () => {
      await toolbar.measure('after the body', () => {})
      res.end('read')
    })
  })
  await ask({ ':path': '/upload', ':method': 'POST' }, ['one', 'two'])
  const { id } = await newest()
  const { entries } = JSON.parse((await ask({ ':path': `/__debug__/api/requests/${id}/entries?type=span` })).body) as { entries: Entry[] }
  expect(entries.map(({ name }) => name)).toEqual(['after the body'])
})

it('a policy that would block the script is given the host that was asked, which is no Host header', async () => {
  await start((_req, res) => {
    res.setHeader('Content-Type', 'text/html')
    res.setHeader('Content-Security-Policy', "default-src 'none'")
    res.end(html)
  })
  const { headers } = await ask({ ':path': '/', ...browser })
  expect(String(headers['content-security-policy'])).toMatch(
    /^default-src 'none'; script-src 'nonce-[^']+'; connect-src localhost\/__debug__\/$/,
  )
})

it('the page that a request came from is known', async () => {
  await start((_req, res) => void res.end('x'))
  await ask({ ':path': '/api', referer: 'https://localhost/books?page=2' })
  expect((await newest()).referrer).toBe('/books')
})
