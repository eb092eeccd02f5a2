import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { debugToolbar } from 'debug-toolbar'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { errorCode, startGate } from './gate-app.ts'

/** What is on has a recorder; what is off leaves no trace. */
const isOn = (): boolean => Symbol.for('debug-toolbar.runtime') in globalThis
const start = (options?: object): boolean => {
  const toolbar = debugToolbar(options)
  const on = isOn()
  toolbar.close()
  return on
}

const platforms = [
  ...[
    'KUBERNETES_SERVICE_HOST',
    'DYNO',
    'VERCEL',
    'AWS_LAMBDA_FUNCTION_NAME',
    'K_SERVICE',
    'FLY_APP_NAME',
    'RENDER',
    'RAILWAY_ENVIRONMENT',
  ],
  ...['WEBSITE_INSTANCE_ID', 'ECS_CONTAINER_METADATA_URI', 'ECS_CONTAINER_METADATA_URI_V4', 'GAE_ENV'],
]

const thrower = (): never => {
  throw new Error('secret')
}

let before: NodeJS.ProcessEnv
beforeEach(() => {
  before = { ...process.env }
  for (const name of ['NODE_ENV', ...platforms]) delete process.env[name]
})
afterEach(() => {
  process.env = before
  vi.restoreAllMocks()
})

describe('T77 production is off', () => {
  it.each([
    [{ NODE_ENV: 'production' }, {}],
    [{ NODE_ENV: 'production' }, { enabled: true }],
    [
      { NODE_ENV: 'production', DEBUG: '*', DYNO: 'web.1' },
      { enabled: true, allowedHosts: ['shop.test'], allowedPeers: ['10.0.0.0/8'] },
    ],
  ])('%j with %j', (env, options) => {
    Object.assign(process.env, env)
    expect(start(options)).toBe(false)
  })
})

describe('T78 a hosting platform without NODE_ENV is taken for production', () => {
  it.each(platforms)('%s', (name) => {
    const said: string[] = []
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0)
    process.env[name] = 'x'
    expect(start()).toBe(false)
    expect(said.join('')).toMatch(new RegExp(`^\\[debug-toolbar\\] off: ${name} .*enabled: true\\.\\n$`))
    expect(start({ enabled: true })).toBe(true)
    process.env.NODE_ENV = 'development'
    expect(start()).toBe(true)
  })
})

it('T79 it is decided once, at the start', () => {
  process.env.NODE_ENV = 'production'
  const toolbar = debugToolbar({ enabled: true })
  process.env.NODE_ENV = 'development'
  let passed = 0
  toolbar({ headers: { 'x-debug': '1', cookie: 'debug=1' }, url: '/?debug=1&NODE_ENV=development' } as never, {} as never, () => passed++)
  expect([isOn(), passed]).toEqual([false, 1])
  toolbar.close()
})

describe('T39 an Object.prototype that the app or its data has changed', () => {
  const polluted = {
    enabled: true,
    allowedHosts: ['evil.example'],
    allowedPeers: ['0.0.0.0/0'],
    path: '/',
    entries: { sql: 1 },
    keys: 5,
    every: 5,
  }
  const pollute = (): void => void Object.assign(Object.prototype, polluted)
  const clean = (): void => {
    for (const name of Object.keys(polluted)) delete (Object.prototype as Record<string, unknown>)[name]
  }
  afterEach(clean)

  it('turns nothing on in production', () => {
    process.env.NODE_ENV = 'production'
    pollute()
    expect([start(), start({})]).toEqual([false, false])
  })

  it('is no option, and no option of an option', async () => {
    pollute()
    // only reading the options: whatever else such an app does is not ours
    let toolbar: ReturnType<typeof debugToolbar> | undefined
    expect(() => {
      toolbar = debugToolbar({ redact: {}, limits: {}, stack: {} })
    }).not.toThrow()
    clean()
    const app = await startGate()
    try {
      const answer = await app.ask({ target: '/__debug__/api/requests', headers: { Host: 'evil.example' } })
      expect([answer.status, errorCode(answer)]).toEqual([403, 'HOST_NOT_ALLOWED'])
      expect((await app.api<{ entries: unknown[] }>(`requests/latest`)) !== null).toBe(true)
    } finally {
      await app.close()
      toolbar?.close()
    }
  })

  it('B30 options that cannot be read name the one that cannot', () => {
    for (const [options, says] of [
      [Object.defineProperty({}, 'path', { enumerable: true, get: thrower }), /option 'path' takes/],
      [{ limits: Object.defineProperty({}, 'streams', { enumerable: true, get: thrower }) }, /option 'limits\.streams' takes/],
      [JSON.parse('{"__proto__":{"enabled":false}}'), /unknown option '__proto__'/],
      [new Proxy({}, { ownKeys: thrower }), /option 'options' takes/],
    ] as [object, RegExp][])
      expect(() => start(options)).toThrow(says)
    expect((Object.prototype as { enabled?: unknown }).enabled).toBeUndefined()
  })
})

describe('B6 to B11 who is allowed is a list of names and networks, never everybody', () => {
  it.each<[option: string, value: unknown]>([
    ...[true, '*', ['*'], ['.com'], ['com'], ['co.uk'], ['.co.uk'], ['http://a.test:3000/'], ['a.test:80'], ['*.a.test'], ['']].map(
      (value): [string, unknown] => ['allowedHosts', value],
    ),
    ...['0.0.0.0/0', '::/0', '0.0.0.0/1', '128.0.0.0/1', '::/1', '::ffff:0:0/96', '::ffff:0.0.0.0/96', '0::/8', '8000::/2'].map(
      (value): [string, unknown] => ['allowedPeers', [value]],
    ),
    ...['10.0.0.300', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '10.0.0.0/8x', 'localhost', '', '*'].map((value): [string, unknown] => [
      'allowedPeers',
      [value],
    ]),
    ['allowedPeers', '10.0.0.1'],
    ['allowedPeers', true],
  ])('%s: %j is refused at the start', (option, value) => {
    expect(() => start({ [option]: value })).toThrow(new RegExp(`option '${option}' takes`))
  })

  it.each(['172.17.0.0/16', '10.0.0.0/8', '192.168.1.5', 'fd00::/8', 'fe80::1', '2001:db8::/32'])(
    'allowedPeers: %s is somebody',
    (value) => {
      vi.spyOn(process.stderr, 'write').mockReturnValue(true)
      expect(start({ allowedPeers: [value] })).toBe(true)
    },
  )
})

describe('T11 B12 the start tells who can reach what, in one line', () => {
  const run = (...args: string[]): string[] => {
    const child = spawnSync(process.execPath, [fileURLToPath(new URL('reach.mjs', import.meta.url)), ...args], { encoding: 'utf8' })
    expect(child.status, child.stderr).toBe(0)
    return child.stderr.split('\n').filter((line) => line.startsWith('[debug-toolbar]'))
  }

  it('nothing on the loopback', () => {
    expect(run('127.0.0.1', 'local', 'local')).toEqual([])
  })

  it.each(['0.0.0.0', '::'])('listening on %s: what is reachable, who sees the toolbar, and how to change either', (host) => {
    const [line = '', ...more] = run(host, 'local', 'local', 'local')
    expect(more).toEqual([])
    expect(line).toContain(host)
    expect(line).toMatch(/only this machine sees the toolbar/)
    expect(line).toMatch(/listen\(\d+, '127\.0\.0\.1'\)/)
    expect(line).toMatch(/-p 127\.0\.0\.1:(\d+):\1/)
    expect(line).toContain("allowedPeers: ['172.17.0.0/16']")
  })

  it('T9 in a container: the first client from outside is named, with its network', () => {
    const [line = '', ...more] = run('0.0.0.0', '172.18.0.1', '172.18.0.1', 'local')
    expect(more).toEqual([])
    expect(line).toContain('172.18.0.1')
    expect(line).toContain("allowedPeers: ['172.18.0.0/16']")
  })

  it('T9 also where a health check of the container came first, and once', () => {
    const [bind = '', client = '', ...more] = run('0.0.0.0', 'local', '192.168.65.1', '192.168.65.2', '192.168.65.1')
    expect(more).toEqual([])
    expect(bind).not.toContain('192.168')
    expect(client).toContain("allowedPeers: ['192.168.65.1']")
  })

  it('B12 with allowedPeers: the code, and that it is for these', () => {
    const lines = run('0.0.0.0', 'peers', '172.17.0.1', 'local')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/allowedPeers .*172\.17\.0\.0\/16.*pairing code [0-9A-F]{5}-[0-9A-F]{5}.*-p 127\.0\.0\.1/)
    expect(lines[1]).toMatch(/Only this machine and paired browsers/)
  })
})
