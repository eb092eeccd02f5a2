import { expect, it } from 'vitest'
import { previewText } from './preview.ts'

it('writes any value on one line', () => {
  expect(previewText({ a: 1, b: ['x', null], c: { d: { e: 1 } } })).toBe('{ a: 1, b: ["x", null], c: { d: {…} } }')
  expect(previewText({ $: 'Date', v: '2026-11-21' })).toBe('2026-11-21')
  expect(previewText({ $: 'masked', v: 'key' })).toBe('•••••••• masked')
  expect(previewText({ $: 'string', v: 'long', length: 900 })).toBe('"long…"')
  expect(previewText({ $: 'BigInt', v: '12' })).toBe('12n')
  expect(previewText({ $: 'Book', v: { id: 1 } })).toBe('Book { id: 1 }')
  expect(previewText([{ $: 'more', v: 49 }])).toBe('[… 49 more]')
})
