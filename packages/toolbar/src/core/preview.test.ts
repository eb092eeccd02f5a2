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

  it('read what is a value, and nothing that runs code', () => {
    const asked: string[] = []
    const told = (name: string) => () => void asked.push(name)
    const list: unknown[] = Object.defineProperty([1, 2, 3], 1, { get: told('item'), enumerable: true })
    class Books extends Array {}
    const trap = { getOwnPropertyDescriptor: told('descriptor'), getPrototypeOf: told('prototype'), has: told('has'), get: told('get') }
    Object.setPrototypeOf(Books.prototype, new Proxy({}, trap as unknown as ProxyHandler<object>))
    const holes = Object.setPrototypeOf([1], Books.prototype) as unknown[]
    holes.length = 2
    const object = Object.defineProperties(
      {},
      { both: { get: told('get'), set: told('set'), enumerable: true }, only: { set: told('set'), enumerable: true } },
    )
    expect(show(list)).toEqual([1, { $: 'Getter' }, 3])
    expect(show(holes)).toEqual([1, { $: 'empty' }])
    expect(show({ object, none: undefined })).toEqual({
      object: { both: { $: 'Getter' }, only: { $: 'Getter' } },
      none: { $: 'undefined' },
    })
    expect(asked).toEqual([])
  })

  it('leave out what is inherited, and count what is not shown', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`key${index}`, index]))
    expect(show(many)).toMatchObject({ key49: 49, '…': { $: 'more', v: 10 } })
    expect(show(Array.from({ length: 60 }, () => 1))).toHaveLength(51)
    Object.defineProperty(Object.prototype, 'everywhere', { value: 1, enumerable: true, configurable: true, writable: true })
    const picture = show({ own: 1 }) as object
    Reflect.deleteProperty(Object.prototype, 'everywhere')
    expect(Object.keys(picture)).toEqual(['own'])
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
