import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import knex, { type Knex } from 'knex'

/** Counts what of the app's own code was run by a look at its values. */
export class Touches {
  count = 0

  /** A function that must not be called: it counts, and throws. */
  readonly trap = (): never => {
    this.count++
    throw new Error('a look ran code of the app')
  }
}

export type MakeValue = (touches: Touches) => unknown

/** Computed, so that no object literal here is a thenable by accident. */
const then = 'then'
const traps = (handler: readonly (keyof ProxyHandler<object>)[], trap: () => never): ProxyHandler<object> =>
  Object.fromEntries(handler.map((name) => [name, trap]))
const everyTrap = [
  'get',
  'has',
  'ownKeys',
  'getOwnPropertyDescriptor',
  'getPrototypeOf',
  'isExtensible',
  'set',
  'apply',
  'construct',
] as const
const getter = (name: PropertyKey, trap: () => never, target: object = {}): object =>
  Object.defineProperty(target, name, { get: trap, enumerable: true, configurable: true })

let builder: Knex | undefined
const longText = Buffer.alloc(100_000_000, 'x').toString('latin1')

/** Values that an app can have, and that a tool which only looks must get over with: without a call, in no time. */
export const hostileValues: Readonly<Record<string, MakeValue>> = {
  'revoked Proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  'revoked Proxy of an array': () => {
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    return proxy
  },
  'Proxy with throwing traps': ({ trap }) => new Proxy({}, traps(everyTrap, trap)),
  'Proxy of a function': ({ trap }) => new Proxy(() => {}, traps(everyTrap, trap)),
  'Proxy of an Error': ({ trap }) => new Proxy(new Error('e'), traps(everyTrap, trap)),
  'Proxy whose ownKeys never end': (touches) =>
    new Proxy(
      {},
      {
        ownKeys() {
          touches.count++
          return Array.from({ length: 1_000_000 }, (_, index) => `k${index}`)
        },
      },
    ),
  'Proxy as a prototype': ({ trap }) => Object.create(new Proxy({}, traps(everyTrap, trap))) as object,
  'Proxy as a constructor': ({ trap }) => Object.create({ constructor: new Proxy(class Named {}, traps(everyTrap, trap)) }) as object,
  'Proxy in a list': ({ trap }) => [new Proxy({}, traps(everyTrap, trap)), { deep: new Proxy([], traps(everyTrap, trap)) }],
  'throwing getter': ({ trap }) => getter('value', trap),
  'throwing getter in a list': ({ trap }) => getter(0, trap, [1, 2]),
  'throwing getter of a constructor': ({ trap }) => Object.create(getter('constructor', trap)) as object,
  'throwing getter of then': ({ trap }) => getter(then, trap),
  'throwing setter': ({ trap }) => Object.defineProperty({}, 'value', { set: trap, enumerable: true }),
  'methods that are called by many': ({ trap }) => ({
    toJSON: trap,
    toString: trap,
    valueOf: trap,
    [Symbol.toPrimitive]: trap,
    [Symbol.iterator]: trap,
    [Symbol.asyncIterator]: trap,
    [inspect.custom]: trap,
  }),
  'toStringTag that throws': ({ trap }) => getter(Symbol.toStringTag, trap),
  'class with private fields': ({ trap }) =>
    new (class Account {
      #secret = 1
      shown = 2
      get derived(): number {
        return trap() ?? this.#secret
      }
    })(),
  'Map with methods of its own': ({ trap }) => Object.assign(new Map([[{}, 1]]), { entries: trap, forEach: trap, [Symbol.iterator]: trap }),
  'Map with objects as keys': () => new Map([[{ a: 1 }, { b: 2 }]]),
  'Set with methods of its own': ({ trap }) => Object.assign(new Set([{}]), { values: trap, [Symbol.iterator]: trap }),
  'Date with methods of its own': ({ trap }) => Object.assign(new Date(0), { getTime: trap, toISOString: trap, toJSON: trap }),
  'invalid Date': () => new Date(Number.NaN),
  'RegExp with getters of its own': ({ trap }) => getter('source', trap, getter('flags', trap, /x/)),
  'Error with a throwing stack': ({ trap }) => getter('stack', trap, new Error('e')),
  'Error with a throwing message': ({ trap }) => getter('message', trap, new Error('e')),
  'Error with a throwing cause': ({ trap }) => getter('cause', trap, new Error('e')),
  'Error with 10 MB in its name': () => Object.assign(new Error('e'), { name: 'N'.repeat(10_000_000), code: 'C'.repeat(10_000_000) }),
  'null prototype': () => Object.assign(Object.create(null), { a: 1 }) as object,
  circular: () => {
    const value: { self?: unknown; list: unknown[] } = { list: [] }
    value.self = value
    value.list.push(value)
    return value
  },
  'depth of 20,000': () => {
    let deep: unknown = null
    for (let level = 0; level < 20_000; level++) deep = { deep, list: [deep] }
    return deep
  },
  'list of 5,000,000 holes': () => new Array(5_000_000),
  'string of 100 MB': () => longText,
  'key of 1 MB': () => ({ ['k'.repeat(1_000_000)]: 1 }),
  'BigInt of a million bits': () => 1n << 1_000_000n,
  'numbers that JSON has not': () => [-0, Number.NaN, Number.POSITIVE_INFINITY, 10n],
  'lone surrogate': () => ({ '\ud800': '\udfff\ud800' }),
  'Buffer of 1 MB': () => Buffer.alloc(1_000_000, 1),
  'detached buffer': () => {
    const bytes = new Uint8Array(8)
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
    return [bytes, bytes.buffer]
  },
  'shared memory': () => [new SharedArrayBuffer(8), new DataView(new ArrayBuffer(8)), new Float64Array(1_000)],
  'Buffer with a length of its own': ({ trap }) => getter('length', trap, getter('byteLength', trap, Buffer.from('hi'))),
  'WeakMap and WeakSet': () => [new WeakMap(), new WeakSet(), new WeakRef({})],
  'Promise that rejects': () => {
    const rejecting = Promise.reject(new Error('later'))
    rejecting.catch(() => {})
    return { rejecting }
  },
  thenable: ({ trap }) => ({ [then]: trap, catch: trap }),
  generator: ({ trap }) =>
    (function* () {
      yield trap()
    })(),
  'stream that nobody read': (touches) =>
    new Readable({
      read() {
        touches.count++
        this.push(null)
      },
    }),
  'query that nobody awaited': (touches) => {
    builder ??= knex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true })
    builder.removeAllListeners('query').on('query', () => {
      touches.count++
    })
    return builder('nowhere').where({ a: 1 })
  },
  'polluting keys': () => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as object,
  'names of our own marks': () => ({ $: 'Map', v: [['token', 'x']], '…': 1, $$: { $: 'masked', v: 'x' } }),
  'boxed values': () => [Object('text'), Object(1), Object(true), Object(1n), Object(Symbol('s'))],
  'symbol with a long description': () => Symbol('s'.repeat(1_000_000)),
  'function with a getter as its name': ({ trap }) => getter('name', trap, () => {}),
  'global object': () => globalThis,
  undefined: () => undefined,
}
