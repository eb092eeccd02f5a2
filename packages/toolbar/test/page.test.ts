import type { RequestListener } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { type BuildExpress, expresses, recordOf, startExpress } from './express-app.ts'
import { navigation, type Running, serve } from './harness.ts'

let app: Running
afterEach(() => app.close())

for (const [version, express] of expresses) {
  const start = async (build: BuildExpress) => {
    app = await startExpress(express, build)
  }
  const record = <Data>(path: string, type: string, headers: Record<string, string> = {}) => recordOf<Data>(app, path, type, headers)

  describe(`the page, ${version}`, () => {
    it('gets one script with the id, and the length that is sent', async () => {
      await start((server) => {
        server.get('/', (_req, res) => res.render('shelf', { title: 'All', books: [] }))
      })
      const { answer, text, request } = await record('/', 'template', navigation)
      const script =
        /<script type="module" async src="(\/__debug__\/assets\/toolbar[^"]+)#([\w-]+)" data-debug-toolbar="([\w-]+)"><\/script>$/.exec(
          text,
        )
      expect(text.match(/<script/g)).toHaveLength(1)
      expect(script?.[2]).toBe(request.id)
      expect(answer.headers.get('x-debug-toolbar-id')).toBe(request.id)
      expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(text)))
      expect(answer.headers.get('etag')).toBeNull()
      expect(answer.headers.get('server-timing')).toContain(`debug-toolbar;desc="${request.id}"`)
      const asset = await app.get(script?.[1] ?? '', { 'sec-fetch-dest': 'script', 'sec-fetch-site': 'same-origin' })
      expect(asset.status).toBe(200)
      expect(asset.headers.get('content-type')).toContain('text/javascript')
    })

    it('keeps the toolbar at the mount path of the middleware', async () => {
      app = await serve({}, (toolbar) => {
        const server = express()
        const inner = express.Router()
        inner.use(toolbar)
        inner.get('/page', (_req, res) => void res.send('<!doctype html><p>x</p>'))
        server.use('/shop', inner)
        return server as unknown as RequestListener
      })
      const answer = await app.get('/shop/page', navigation)
      expect(await answer.text()).toContain('src="/shop/__debug__/assets/')
      expect((await app.get('/shop/__debug__/api/requests')).status).toBe(200)
    })
  })
}
