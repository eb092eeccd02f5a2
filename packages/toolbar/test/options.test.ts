import { EventEmitter } from 'node:events'
import { debugToolbar, memoryStore, type ToolbarOptions } from 'debug-toolbar'
import { afterEach, describe, expect, it } from 'vitest'

const open: { close(): void }[] = []
const start = (options?: unknown) => {
  const toolbar = debugToolbar(options as ToolbarOptions)
  open.push(toolbar)
  return toolbar
}
afterEach(() => {
  for (const toolbar of open.splice(0)) toolbar.close()
})

describe('a bad option throws at start, and says which, what it got and what it takes', () => {
  const cases: [options: unknown, code: string, says: RegExp][] = [
    ['yes', 'OPTIONS_NOT_AN_OBJECT', /one object of options, got "yes"/],
    [null, 'OPTIONS_NOT_AN_OBJECT', /got null/],
    [[], 'OPTIONS_NOT_AN_OBJECT', /an array of 0/],
    [{ enabeld: true }, 'UNKNOWN_OPTION', /'enabeld', did you mean 'enabled'\?/],
    [{ qwertyuiop: 1 }, 'UNKNOWN_OPTION', /Options are: enabled, path, watch/],
    [{ enabled: 'false' }, 'BAD_OPTION', /'enabled' takes true or false .*got "false"/],
    ...['__debug__', '/', '/a/../b', '/x y', '//h', '/a?b', '/ключ', '', `/${'x'.repeat(80)}`].map((path): [unknown, string, RegExp] => [
      { path },
      'BAD_OPTION',
      /'path' takes a path such as/,
    ]),
    [{ watch: 5 }, 'BAD_OPTION', /'watch' takes a list of instances/],
    [{ store: {} }, 'BAD_OPTION', /'store' takes a store such as memoryStore/],
    [{ ignore: '/x' }, 'BAD_OPTION', /'ignore'/],
    ...[true, '*', ['*'], ['.com'], ['co.uk'], ['com'], ['http://a.test:3000/'], ['a.test:80']].map(
      (allowedHosts): [unknown, string, RegExp] => [{ allowedHosts }, 'BAD_OPTION', /'allowedHosts'/],
    ),
    ...[['0.0.0.0/0'], ['::/0'], ['10.0.0.300'], ['10.0.0.0/33'], ['localhost'], '10.0.0.1'].map(
      (allowedPeers): [unknown, string, RegExp] => [{ allowedPeers }, 'BAD_OPTION', /'allowedPeers'/],
    ),
    [{ redact: 'password' }, 'BAD_OPTION', /built-in list always stays/],
    [{ redact: { key: [] } }, 'UNKNOWN_OPTION', /'redact\.key', did you mean 'redact\.keys'/],
    [{ redact: { patterns: [/x/y] } }, 'BAD_OPTION', /'redact\.patterns'.*'y' flag/],
    ...[/(a+)+$/, /a(?:x*[ab]*){2,}/, /b((\w+)\s?)*$/].map((pattern): [unknown, string, RegExp] => [
      { redact: { patterns: [pattern] } },
      'BAD_OPTION',
      /'redact\.patterns'.*quantifier inside of a quantified group/,
    ]),
    [{ redact: { patterns: [/x*/] } }, 'BAD_OPTION', /'redact\.patterns'.*matches the empty text/],
    [{ redact: { keys: [''] } }, 'BAD_OPTION', /'redact\.keys'/],
    ...[0, -1, 1.5, Number.NaN, '100'].map((inFlight): [unknown, string, RegExp] => [
      { limits: { inFlight } },
      'BAD_OPTION',
      /'limits\.inFlight' takes a whole number/,
    ]),
    [{ limits: { entries: { log: 0 } } }, 'BAD_OPTION', /'limits\.entries\.log'/],
    [{ limits: { entries: 5 } }, 'BAD_OPTION', /'limits\.entries' takes an object of type and number/],
    [{ limits: { entries: { sqll: 1 } } }, 'UNKNOWN_OPTION', /'limits\.entries\.sqll', did you mean 'limits\.entries\.sql'\?/],
    [{ limits: { entries: { kafka: 1 } } }, 'UNKNOWN_OPTION', /'limits\.entries\.kafka'\. Options are: sql, signal, log, template/],
    [{ slowQueryMs: 0 }, 'BAD_OPTION', /milliseconds above 0/],
    [{ stack: { frames: 500 } }, 'BAD_OPTION', /'stack\.frames'/],
    [{ stack: 'all' }, 'BAD_OPTION', /'stack'/],
    ...['vim', 'code; rm -rf /', 'javascript:alert(1)//{file}', 'x://nofile'].map((editor): [unknown, string, RegExp] => [
      { editor },
      'BAD_OPTION',
      /'editor' takes one of vscode/,
    ]),
    [{ csp: 'unsafe' }, 'BAD_OPTION', /'patch' or 'off'/],
    [{ theme: 'blue' }, 'BAD_OPTION', /'theme'/],
    [{ position: 'left' }, 'BAD_OPTION', /'position'/],
    [{ panels: [] }, 'BAD_OPTION', /'panels' takes a function/],
    [{ panels: () => 5 }, 'BAD_OPTION', /'panels' takes a function that returns a list of panels/],
    [{ panels: (all: unknown[]) => [...all, all[0]] }, 'BAD_OPTION', /two with the id 'timeline'/],
  ]
  it.each(cases)('%j', (options, code, says) => {
    let thrown: unknown
    try {
      start(options)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(TypeError)
    expect(thrown).toMatchObject({ code, message: expect.stringMatching(/^\[debug-toolbar\] /) })
    expect((thrown as Error).message).toMatch(says)
  })

  it('so does a store', () => {
    for (const maxRequests of [0, -1, 1.5, Number.NaN, '100', 1e9])
      expect(() => memoryStore({ maxRequests: maxRequests as number })).toThrow(
        /'memoryStore\.maxRequests' takes a whole number from 1 to 10,000/,
      )
    expect(() => memoryStore({ maxRequest: 5 } as object)).toThrow(
      /unknown option 'memoryStore\.maxRequest', did you mean 'memoryStore\.maxRequests'\?/,
    )
    for (const options of [5, 'large', null, [], true, () => {}])
      expect(() => memoryStore(options as object)).toThrow(/'memoryStore' takes an object of maxRequests and maxBytes, got /)
    expect(() => memoryStore(undefined)).not.toThrow()
    expect(() => memoryStore({ maxBytes: '50mb' as unknown as number })).toThrow(/'memoryStore\.maxBytes'.*got "50mb"/)
  })

  it('takes undefined as absent, and reads own properties only', () => {
    start({ path: undefined, watch: undefined, limits: { inFlight: undefined, entries: { log: undefined } } })
    ;(Object.prototype as { path?: unknown }).path = 5
    try {
      expect(() => start({})).not.toThrow()
    } finally {
      delete (Object.prototype as { path?: unknown }).path
    }
  })

  it('notices that the call was forgotten', () => {
    expect(() => (debugToolbar as unknown as (...args: unknown[]) => void)({}, {}, () => {})).toThrow(/Call it: app\.use\(debugToolbar\(/)
  })
})

describe('watch', () => {
  it.each([5, 'text', null, undefined, {}, [], () => {}, new Map(), { emit: 1 }])(
    'refuses %s, saying what it got and what it can watch',
    (thing) => {
      expect(() => start({ watch: [thing] })).toThrow(
        /cannot watch .*: it is none of a knex instance, a pg Pool or Client, .*a pino logger/,
      )
      expect(() => start().watch(thing)).toThrow(TypeError)
    },
  )

  it('never prints what a thing contains', () => {
    expect(() => start({ watch: [{ password: 'hunter2' }] })).toThrow(expect.not.stringContaining('hunter2') as unknown as string)
  })

  it('returns an idempotent unwatch, and a closed handle says so', () => {
    const toolbar = start()
    const bus = new EventEmitter()
    const unwatch = toolbar.watch(bus, { name: 'bus' })
    expect(Object.hasOwn(bus, 'emit')).toBe(true)
    unwatch()
    unwatch()
    expect(Object.hasOwn(bus, 'emit')).toBe(false)
    toolbar.close()
    toolbar.close()
    expect(() => toolbar.watch(bus)).toThrow(/was closed/)
  })
})

describe('two handles', () => {
  it('share one recorder; the last close undoes everything', () => {
    const bus = new EventEmitter()
    const other = new EventEmitter()
    const first = start({ watch: { bus } })
    const second = start({ watch: { other } })
    first.close()
    expect([Object.hasOwn(bus, 'emit'), Object.hasOwn(other, 'emit')]).toEqual([false, true])
    second.close()
    expect(Object.hasOwn(other, 'emit')).toBe(false)
  })

  it('must agree on path, store and limits', () => {
    start({ path: '/__a__', limits: { inFlight: 5 } })
    expect(() => start({ path: '/__a__', limits: { inFlight: 5 } })).not.toThrow()
    expect(() => start({ limits: { sealMs: 2_000 } })).not.toThrow()
    expect(() => start({ limits: { entries: { sql: 10_000, template: 500 } } })).not.toThrow()
    expect(() => start({ limits: { sealMs: 2_000, inFlight: 6 } })).toThrow(/set 'limits\.inFlight' to 5; this call says 6\./)
    expect(() => start({ limits: { entries: { template: 20 } } })).toThrow(/set 'limits\.entries\.template' to 500; this call says 20\./)
    expect(() => start({ path: '/__b__' })).toThrow(/earlier debugToolbar\(\) set 'path' to "\/__a__"; this call says "\/__b__"/)
    expect(() => start({ store: memoryStore() })).toThrow(/set 'store' to the default store; this call says another one\./)
    for (const toolbar of open.splice(0)) toolbar.close()
    start()
    expect(() => start({ path: '/__debug__' })).not.toThrow()
    for (const toolbar of open.splice(0)) toolbar.close()
    const store = memoryStore()
    start({ store })
    expect(() => start({ store })).not.toThrow()
    expect(() => start({ store: memoryStore() })).toThrow(/set 'store' to a store of its own; this call says another one\./)
  })
})
