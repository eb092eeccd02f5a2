import { inspect } from 'node:util'
import type { Touches } from './values.ts'

/** Small, fast, and the same for the same seed: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const names = [
  'a',
  'password',
  'toJSON',
  'then',
  '__proto__',
  'constructor',
  '$',
  'v',
  'byteLength',
  'size',
  'name',
  'value',
  '',
  '…',
  '\u2028',
  'k'.repeat(300),
]
const texts = [
  '',
  'plain',
  'password=x',
  '{"a":{"token":"x"',
  'eyJ'.repeat(500),
  '\ud800',
  '</script>',
  "select * from t where a = 'b",
  'x'.repeat(20_000),
]

/** A random graph of what JavaScript has: accessors, proxies, cycles, exotic objects. Everything in it that can be called counts. */
export function graphOf(random: () => number, { trap }: Touches): unknown {
  const made: object[] = []
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const upTo = (count: number): number => Math.floor(random() * count)
  const keep = <Value extends object>(value: Value): Value => {
    made.push(value)
    return value
  }
  const primitive = (): unknown =>
    pick([0, -0, 1.5, Number.NaN, 10n ** BigInt(upTo(500)), true, null, undefined, Symbol('s'), pick(texts), () => {}, trap])
  const fill = (target: object, depth: number): object => {
    for (let left = upTo(8); left > 0; left--) {
      const key = random() < 0.1 ? pick([Symbol.iterator, Symbol.toPrimitive, Symbol.toStringTag, inspect.custom]) : pick(names)
      const enumerable = random() < 0.8
      const chance = random()
      const descriptor =
        chance < 0.15 ? { get: trap, set: trap } : chance < 0.25 ? { value: trap } : { value: any(depth + 1), writable: random() < 0.8 }
      Reflect.defineProperty(target, key, { ...descriptor, enumerable, configurable: true })
    }
    return target
  }
  const makers: ((depth: number) => unknown)[] = [
    primitive,
    primitive,
    (depth) => fill(keep({}), depth),
    (depth) => fill(keep(Object.create(null) as object), depth),
    (depth) => fill(keep(Object.create(pick<object | null>([null, {}, Array.prototype, ...made])) as object), depth),
    (depth) => fill(keep(Array.from({ length: upTo(60) }, () => (random() < 0.3 ? any(depth + 1) : upTo(9)))), depth),
    () => keep(new Array(upTo(100_000))),
    (depth) => fill(keep(new Map([[any(depth + 1), any(depth + 1)]])), depth),
    (depth) => fill(keep(new Set([any(depth + 1), any(depth + 1)])), depth),
    (depth) =>
      fill(keep(pick([new Error(pick(texts)), new TypeError('t', { cause: any(depth + 1) }), new AggregateError([], 'a')])), depth),
    (depth) =>
      fill(
        keep(pick<object>([new Date(upTo(1e12)), /x/g, Buffer.alloc(upTo(99)), new Float32Array(3), Promise.resolve(), new WeakMap()])),
        depth,
      ),
    (depth) =>
      new Proxy(fill(keep({}), depth), { get: trap, ownKeys: trap, getPrototypeOf: trap, getOwnPropertyDescriptor: trap, has: trap }),
    (depth) => Object.freeze(fill(keep({}), depth)),
    () => (made.length > 0 ? pick(made) : null),
  ]
  let left = 400
  const any = (depth: number): unknown => (depth > 9 || left-- <= 0 ? primitive() : pick(makers)(depth))
  return any(0)
}
