import { createHash } from 'node:crypto'
import { connect, createServer, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { debugToolbar } from 'debug-toolbar'
import { describe, expect, it } from 'vitest'
import { html } from './case.ts'

/** R25: an app may answer on the stream itself, below the response that the toolbar sees. */

const file = fileURLToPath(new URL('case.ts', import.meta.url))

const answers: Record<string, (req: Http2ServerRequest, res: Http2ServerResponse) => void> = {
  'by the stream': (_req, res) => {
    res.stream.respond({ ':status': 201, 'content-type': 'text/html', 'x-own': 'yes' })
    res.stream.end(html)
  },
  'with a file': (_req, res) => res.stream.respondWithFile(file, { 'content-type': 'text/plain', ':status': 200 }),
  'with hints before': (_req, res) => {
    res.stream.additionalHeaders({ ':status': 103, link: '</x.css>; rel=preload' })
    res.setHeader('Content-Type', 'text/plain')
    res.end('after the hints')
  },
  'with a push': (_req, res) => {
    res.createPushResponse({ ':path': '/pushed.css' }, (error, pushed) => {
      if (error !== null) throw error
      pushed.setHeader('Content-Type', 'text/css')
      pushed.end('p {}')
      res.setHeader('Content-Type', 'text/plain')
      res.end('pushed one')
    })
  },
  'with a reset': (_req, res) => (res.stream as ServerHttp2Stream).close(8),
}

/** All that a client gets for one request, by stream and in order. */
async function converse(toolbar: ReturnType<typeof debugToolbar> | null, name: string): Promise<unknown> {
  const answer = answers[name] as (req: Http2ServerRequest, res: Http2ServerResponse) => void
  const server = createServer((req, res) => {
    if (toolbar === null) answer(req, res)
    else toolbar(req as never, res as never, () => answer(req, res))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const session = connect(`http://localhost:${(server.address() as AddressInfo).port}`)
  const seen: unknown[] = []
  const note = (what: string, headers: Record<string, unknown>): void => {
    const varies = /^(?:x-debug-toolbar-id|server-timing|date|last-modified|:authority)$/
    seen.push([what, Object.entries(headers).filter(([header]) => !varies.test(header))])
  }
  session.on('stream', (pushed, headers) => {
    note('pushed', headers)
    pushed.on('data', (data) => seen.push(['pushed', String(data)]))
  })
  const stream = session.request({ ':path': '/', accept: 'text/html', 'sec-fetch-dest': 'document' })
  const hash = createHash('sha256')
  stream.on('headers', (headers) => note('informational', headers))
  stream.on('response', (headers) => note('response', headers))
  stream.on('trailers', (headers) => note('trailers', headers))
  stream.on('data', (data) => hash.update(data))
  await new Promise<void>((resolve) => {
    stream.on('error', (error) => seen.push(['error', error.message]))
    stream.on('close', () => resolve())
  })
  seen.push(['body', hash.digest('hex'), stream.rstCode])
  session.close()
  await new Promise((resolve) => server.close(resolve))
  return seen
}

describe('an answer on the stream of HTTP/2 itself is the same with the toolbar', () => {
  for (const name of Object.keys(answers))
    it(name, async () => {
      const bare = await converse(null, name)
      const toolbar = debugToolbar()
      try {
        expect(await converse(toolbar, name)).toEqual(bare)
      } finally {
        toolbar.close()
      }
    })
})
