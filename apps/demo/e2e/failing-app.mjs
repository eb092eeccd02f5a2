/** An app in which the toolbar's own hook for spans fails, from the first `/break` on. Prints its URL. */
import { createServer } from 'node:http'
import { debugToolbar } from 'debug-toolbar'
import { setFault } from '../../../packages/toolbar/dist/internals.js'

const toolbar = debugToolbar()
const server = createServer((req, res) =>
  toolbar(req, res, () => {
    if (req.url === '/break')
      setFault((name, when) => {
        if (name === 'measure.begin' && when === 'before') throw new RangeError('planted, password=hunter2')
        return undefined
      })
    toolbar.measure('price', () => 1)
    res.setHeader('Content-Type', 'text/html')
    res.end('<!doctype html><html lang="en"><head><title>Shop</title></head><body><h1>Shop</h1></body></html>')
  }),
)
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
