import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { browser, type Case, html, page } from '../case.ts'

/** Requests that the app makes itself: the same bytes, and the same answers. */

/** A server that repeats the bytes of the request it got. */
async function mirror(): Promise<{ port: number; close: () => void }> {
  const server = createServer((req, res) => {
    const parts: Buffer[] = []
    req.on('data', (part: Buffer) => parts.push(part))
    req.on('end', () =>
      res.end(JSON.stringify([req.method, req.rawHeaders.filter((text) => !/:\d+$/.test(text)), Buffer.concat(parts).toString()])),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

export const outgoing: Case[] = [
  {
    name: 'a request of the app to another server',
    rows: ['R49'],
    requests: [page],
    async handler(_req, res, view) {
      const { port, close } = await mirror()
      view.log(await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'a', headers: { 'X-A': '1' } })).text())
      await new Promise<void>((resolve) => {
        const sent = request({ port, method: 'PUT', headers: { 'X-B': '2' } }, (answer) => {
          answer.on('data', (data) => view.log(data))
          answer.on('end', resolve)
        })
        sent.end('b')
      })
      close()
      res.setHeader('Content-Type', 'text/html')
      res.end(html)
    },
  },
  {
    name: 'a proxy that pipes both ways',
    rows: ['R45', 'R46'],
    requests: [{ method: 'POST', headers: browser, body: 'through' }, page],
    except: { http2: 'headers of HTTP/2 cannot be passed on as they are' },
    async handler(req, res) {
      const { port, close } = await mirror()
      const onward = request({ port, method: req.method, path: req.url, headers: req.headers }, (answer) => {
        res.writeHead(
          answer.statusCode ?? 500,
          answer.rawHeaders.filter((_text, index, all) => !/^date$/i.test(all[index - (index % 2)] ?? '')),
        )
        answer.pipe(res)
        answer.on('end', close)
      })
      req.pipe(onward)
    },
  },
]
