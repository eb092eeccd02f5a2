import type { ServerResponse } from 'node:http'
import { type Case, html, toCase, type View } from '../case.ts'

type WriteHead = (this: ServerResponse, ...args: unknown[]) => ServerResponse

/** As `on-headers` does it: somebody stands before `writeHead` on the response, and changes the head when it is made. */
function onHead(res: ServerResponse, change: (res: ServerResponse) => void): void {
  const below = res.writeHead as WriteHead
  let changed = false
  res.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    if (!changed) {
      changed = true
      change(this)
    }
    return below.apply(this, args)
  } as never
}

const changes: Record<string, (res: ServerResponse) => void> = {
  'no header': () => {},
  'another header': (res) => res.setHeader('X-Response-Time', '1ms'),
  'the length': (res) => res.setHeader('Content-Length', Buffer.byteLength(html)),
  'another type': (res) => res.setHeader('Content-Type', 'application/octet-stream'),
  'a page after all': (res) => res.setHeader('Content-Type', 'text/html'),
  'an encoding': (res) => res.setHeader('Content-Encoding', 'gzip'),
  'validators and a life time': (res) => {
    res.setHeader('ETag', '"x"')
    res.setHeader('Cache-Control', 'max-age=60')
  },
  'a policy': (res) => res.setHeader('Content-Security-Policy', "script-src 'nonce-abc'"),
  'another status': (res) => {
    res.statusCode = 404
  },
}

const ends: Record<string, (res: ServerResponse, view: View) => void> = {
  'end(text)': (res, view) => view.call('end', () => res.end(html)),
  'end(text, utf8, callback)': (res, view) => view.call('end', () => res.end(html, 'utf8', () => view.log('ended'))),
  'end(buffer)': (res, view) => view.call('end', () => res.end(Buffer.from(html))),
  'end(large text)': (res, view) => view.call('end', () => res.end(html + ' '.repeat(100_000))),
  'write(text), end()': (res, view) => {
    view.call('write', () => res.write(html))
    view.call('end', () => res.end())
  },
  'end()': (res, view) => view.call('end', () => res.end()),
}

const mistakes: Record<string, (res: ServerResponse, view: View) => void> = {
  'what makes the head throws': (res, view) => {
    onHead(res, () => {
      throw new Error('no head')
    })
    res.setHeader('Content-Type', 'text/html')
    view.call('end', () => res.end(html))
    view.log('head sent', res.headersSent)
    res.destroy()
  },
  'what makes the head throws, and the app answers again': (res, view) => {
    let tries = 0
    const below = res.writeHead as WriteHead
    res.writeHead = function (this: ServerResponse, ...args: unknown[]) {
      if (tries++ === 0) throw new Error('no head')
      return below.apply(this, args)
    } as never
    res.setHeader('Content-Type', 'text/html')
    view.call('end', () => res.end(html))
    view.call('end', () => res.end(html))
  },
  'no text at all': (res, view) => {
    onHead(res, (late) => late.setHeader('X-Late', '1'))
    res.setHeader('Content-Type', 'text/html')
    view.call('end', () => res.end(5 as never))
    res.end(html)
  },
}

const lengthDiffers = (change: string, end: string): boolean => change === 'the length' && /large|end\(\)$/.test(end)

export const lateHeads: Case[] = [
  ...Object.entries(changes).flatMap(([change, apply]) =>
    Object.entries(ends)
      .filter(([end]) => !lengthDiffers(change, end) || end.startsWith('write'))
      .map(
        ([end, run]): Case =>
          toCase(['R21', 'R22', 'W1'])([
            `the head is changed while it is made: ${change}, ${end}`,
            (res, view) => {
              onHead(res, apply)
              res.setHeader('Content-Type', change === 'a page after all' ? 'text/plain' : 'text/html')
              run(res, view)
            },
          ]),
      ),
  ),
  ...Object.entries(mistakes).map((entry) =>
    toCase(
      ['R21', 'R20'],
      entry[0] === 'no text at all' ? { except: { http2: 'there the head is sent before the body is looked at' } } : {},
    )(entry),
  ),
]
