import { describe, expect, it } from 'vitest'
import { defaultLimits } from './limits.ts'
import { preview } from './preview.ts'

const thenable = 'then'
const show = (value: unknown) => preview(value, defaultLimits)

describe('pictures', () => {
  it('are plain JSON for plain JSON', () => {
    const value = { a: 1, b: 'two', c: [true, null, { d: -1.5 }] }
    expect(JSON.parse(JSON.stringify(show(value)))).toEqual(value)
  })

  it('tell what JSON cannot', () => {
    class Book {
      title = 'T'
    }
    expect(
      JSON.parse(
        JSON.stringify(
          show([
            undefined,
            10n,
            Symbol('s'),
            function named() {},
            new Date(0),
            new Date(Number.NaN),
            /x/gi,
            new Map([['k', 1]]),
            new Set([1]),
            new Book(),
            Number.NaN,
            -0,
            Buffer.from('hi'),
            Promise.resolve(),
            new Error('e'),
          ]),
        ),
      ),
    ).toEqual([
      { $: 'undefined' },
      { $: 'BigInt', v: '10' },
      { $: 'Symbol', v: 's' },
      { $: 'Function', v: 'named' },
      { $: 'Date', v: '1970-01-01T00:00:00.000Z' },
      { $: 'Date', v: 'Invalid Date' },
      { $: 'RegExp', v: '/x/gi' },
      { $: 'Map', v: [['k', 1]] },
      { $: 'Set', v: [1] },
      { $: 'Book', v: { title: 'T' } },
      { $: 'number', v: 'NaN' },
      { $: 'number', v: '-0' },
      { $: 'Buffer', bytes: 2, v: '6869' },
      { $: 'Promise' },
      { $: 'Error', name: 'Error', v: 'e' },
    ])
  })

  it('are bounded, and say what was left out', () => {
    const big = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, index]))
    const picture = show(big) as Record<string, unknown>
    expect(Object.keys(picture)).toHaveLength(defaultLimits.valueKeys + 1)
    expect(picture['…']).toEqual({ $: 'more', v: 1_000 - defaultLimits.valueKeys })
    expect(show('x'.repeat(20_000))).toMatchObject({ $: 'string', length: 20_000 })
    expect((show(new Array(5_000_000)) as unknown[]).at(-1)).toEqual({ $: 'more', v: 5_000_000 - 50 })
  })

  it('come out of hostile values without calling anything of theirs', () => {
    let calls = 0
    const call = () => {
      calls++
      throw new Error('called')
    }
    const circular: { self?: unknown } = {}
    circular.self = circular
    let deep: unknown = null
    for (let level = 0; level < 20_000; level++) deep = { deep }
    const { proxy: revoked, revoke } = Proxy.revocable({}, {})
    revoke()
    const hostile: unknown[] = [
      new Proxy({}, { get: call, ownKeys: call, getOwnPropertyDescriptor: call, getPrototypeOf: call, has: call }),
      new Proxy(() => {}, { get: call }),
      revoked,
      Object.defineProperty({}, 'x', { get: call, enumerable: true }),
      {
        toJSON: call,
        toString: call,
        valueOf: call,
        [thenable]: call,
        [Symbol.iterator]: call,
        [Symbol.toPrimitive]: call,
        [Symbol.for('nodejs.util.inspect.custom')]: call,
      },
      Object.defineProperty(new Error('e'), 'stack', { get: call }),
      Object.defineProperty(new Error('e'), 'message', { get: call }),
      Object.create(null),
      Object.create({
        get constructor() {
          return call()
        },
      }),
      circular,
      deep,
      new (class {
        #private = 1
        get x() {
          return call()
        }
        y() {
          return this.#private
        }
      })(),
      Object.assign(new Map(), { entries: call, [Symbol.iterator]: call }),
      Object.assign(new Set(), { values: call }),
      Object.assign(new Date(0), { getTime: call, toISOString: call }),
      new WeakMap(),
      new WeakSet(),
      new SharedArrayBuffer(8),
      new ArrayBuffer(8),
      (function* () {
        yield call()
      })(),
      '\ud800',
      { __proto__: null, polluted: 1 },
      JSON.parse('{"__proto__":{"polluted":1}}'),
      Object('boxed'),
      globalThis,
    ]
    for (const [index, value] of hostile.entries()) {
      const text = JSON.stringify(show(value))
      expect(text.length, `value ${index}`).toBeLessThan(200_000)
    }
    expect(calls).toBe(0)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})
