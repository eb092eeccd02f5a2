import { describe, expect, it } from 'vitest'
import { createSseParser } from './sse.ts'

const text = ': hi\n\nevent: hello\ndata: {"seq":1}\n\nevent: request\r\ndata: {"a":\r\ndata: 1}\r\n\r\ndata: x\n\nevent: lost\ndata: cut'
const expected = [
  { event: 'hello', data: '{"seq":1}' },
  { event: 'request', data: '{"a":\n1}' },
  { event: 'message', data: 'x' },
]

describe('server-sent events', () => {
  it('come out whole however the stream is cut', () => {
    for (let size = 1; size < text.length; size++) {
      const parse = createSseParser()
      const events = []
      for (let at = 0; at < text.length; at += size) events.push(...parse(text.slice(at, at + size)))
      expect(events).toEqual(expected)
    }
  })
})
