import { ServerResponse } from 'node:http'
import { memoryStore } from 'debug-toolbar'
import { describe, expect, it } from 'vitest'
import { serve, sleep } from '../harness.ts'
import { lines, raw } from '../raw.ts'

const html = '<!doctype html><title>A page</title><p>of two parts</p>'
const methods = ['writeHead', 'write', 'end', 'destroy', 'emit'] as const

describe('close() while a page is on its way', () => {
  it.each([
    ['of a promised length', true],
    ['in pieces', false],
  ])('%s: it is brought to its end, and Node is as it was', async (_name, promised) => {
    const before = methods.map((name) => Object.getOwnPropertyDescriptor(ServerResponse.prototype, name))
    const app = await serve({}, (toolbar) => (req, res) => {
      toolbar(req, res, () => {
        res.setHeader('Content-Type', 'text/html')
        if (promised) res.setHeader('Content-Length', html.length)
        res.write(html.slice(0, 30))
        toolbar.close()
        res.end(html.slice(30))
      })
    })
    try {
      const { port } = app.server.address() as { port: number }
      const { headers, body } = await raw(
        port,
        lines('GET', '/', { Accept: 'text/html', 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Site': 'none' }),
      )
      expect(body).toContain('of two parts</p>')
      expect(body).toMatch(/<script [^>]*data-debug-toolbar=/)
      const length = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1]
      expect(length).toBe(promised ? String(body.length) : undefined)
      expect(methods.map((name) => Object.getOwnPropertyDescriptor(ServerResponse.prototype, name))).toEqual(before)
    } finally {
      await app.close()
    }
  })
})

describe('close() with a store that fails', () => {
  it('gives up the record that still waits for its span, throws nothing, and Node is as it was', async () => {
    const before = methods.map((name) => Object.getOwnPropertyDescriptor(ServerResponse.prototype, name))
    const store = memoryStore()
    store.add = () => {
      throw new Error('the store fails')
    }
    const app = await serve({ store }, (toolbar) => (req, res) => {
      toolbar(req, res, () => {
        void toolbar.measure('goes on', async () => {
          await new Promise(() => {})
        })
        res.end('done')
      })
    })
    try {
      await (await app.get('/')).text()
      await sleep(100)
      app.toolbar.close()
      expect(methods.map((name) => Object.getOwnPropertyDescriptor(ServerResponse.prototype, name))).toEqual(before)
    } finally {
      await app.close()
    }
  })
})
