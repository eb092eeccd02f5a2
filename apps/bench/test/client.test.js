import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createConnection } from '../lib/client.mjs'

const long = 'é'.repeat(100_000)
let server
let connection

beforeAll(async () => {
  server = createServer((req, res) => {
    if (req.url === '/length') res.setHeader('X-Name', 'fixed').end(long)
    else {
      for (const part of ['ab', 'c\r\n0\r\n', long]) res.write(part)
      res.end()
    }
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  connection = createConnection(server.address().port)
})

afterAll(() => {
  connection.close()
  server.close()
})

it('reads responses with a length and in chunks, one after another on one connection', async () => {
  for (let round = 0; round < 3; round++) {
    const fixed = await connection.get('/length')
    expect([fixed.status, fixed.header('x-name'), fixed.body === long]).toEqual([200, 'fixed', true])
    const chunked = await connection.get('/chunks')
    expect(chunked.body === `abc\r\n0\r\n${long}`).toBe(true)
  }
})

it('rejects instead of waiting when the server has closed the connection', async () => {
  const closing = createServer((_req, res) => res.end('bye')).listen(0, '127.0.0.1')
  await new Promise((resolve) => closing.once('listening', resolve))
  const idle = createConnection(closing.address().port)
  expect((await idle.get('/')).body).toBe('bye')
  closing.closeAllConnections()
  closing.close()
  await new Promise((resolve) => setTimeout(resolve, 50))
  await expect(idle.get('/')).rejects.toThrow('closed the connection')
})
