import { describe, expect, it } from 'vitest'
import { beginningOf } from '../../src/core/cut-text.ts'
import { defaultLimits } from '../../src/core/limits.ts'
import { preview } from '../../src/core/preview.ts'
import { createRedactor } from '../../src/core/redact.ts'
import { findSqlSecrets } from '../../src/core/sql/secrets.ts'
import { innocentKeys, secretKeys } from './keys.ts'

const redactor = createRedactor()
const secret = 'CANARY-77f1'
const shown = (value: unknown): string => JSON.stringify(redactor.value(preview(value, { ...defaultLimits, valueKeys: 200 })))

/** Each way a name and its value can stand together. */
const surfaces: Record<string, (key: string) => string> = {
  'a field of a JSON body': (key) => shown({ [key]: secret }),
  'a field of JSON in a string': (key) => shown(JSON.stringify({ a: 1, [key]: secret })),
  'a field of JSON that was cut': (key) => redactor.text(JSON.stringify({ a: 'x', [key]: secret, b: 'y' }).slice(0, -4)),
  'JSON in JSON': (key) => redactor.text(`sent ${JSON.stringify({ body: JSON.stringify({ [key]: secret }) })}`),
  'a pair': (key) => shown([[key, secret]]),
  'a name and a value': (key) => shown([{ name: key, value: secret }]),
  'a Map': (key) => shown(new Map([[key, secret]])),
  'a parameter of a URL': (key) => redactor.url(`/a?b=1&${encodeURIComponent(key)}=${secret}`),
  'a form as text': (key) => redactor.text(`a=1&${key}=${secret}&b=2`),
  'an inspected object': (key) => redactor.text(`{ a: 1, '${key}': '${secret}' }`),
  'a quoted column of SQL': (key) => findSqlSecrets(`update t set "${key}" = '${secret}'`, 'postgresql', redactor).text,
  'a line of source code': (key) => redactor.code(`  '${key}': '${secret}',`),
}

describe.each(Object.entries(surfaces))('%s', (_name, write) => {
  it('is masked under every name of a secret (T60)', () => {
    expect(secretKeys.filter((key) => write(key).includes(secret))).toEqual([])
    expect(secretKeys.length).toBeGreaterThanOrEqual(60)
  })

  it('is readable under every innocent name (T59)', () => {
    expect(innocentKeys.filter((key) => !write(key).includes(secret))).toEqual([])
  })
})

describe('text', () => {
  it.each([
    ['where it was cut', beginningOf(`${'x '.repeat(90)}postgres://ada:${secret}@db.example/shop`, 200)],
    ['behind Cookie', redactor.text(`Cookie: theme=${secret}; b=${secret}`)],
    ['behind an unknown scheme', redactor.text(`Authorization: Token ${secret}`)],
    ['in the place of a user', redactor.url(`https://${secret}@git.example/x`)],
    ['in an encoded address', redactor.url(`/login?next=${encodeURIComponent(`https://ada:${secret}@h/`)}`)],
    ['in an encoded parameter', redactor.url(`/login?next=${encodeURIComponent(`/cb?session_token=${secret}`)}`)],
    ['in what PostgreSQL says of a key', redactor.text(`Key (name, password)=(Ada, ${secret}) already exists.`)],
    ['in what PostgreSQL says of a row', redactor.text(`Failing row contains (1, Ada, ${secret}).`)],
    ['in what MySQL says of a key', redactor.text(`Duplicate entry '${secret}' for key 'users.api_token'`)],
    ['in what MySQL says of a column', redactor.text(`Incorrect integer value: '${secret}' for column 'otp' at row 1`)],
    ['in the bytes of a buffer', shown(Buffer.from(`pwd=${secret}`)).replace(Buffer.from(secret.slice(0, 8)).toString('hex'), secret)],
  ])('hides a secret %s', (_where, text) => expect(text).not.toContain(secret))

  it.each([
    'TokenExpiredError: jwt expired',
    'JsonWebTokenError: jwt malformed',
    'Basic information about digest algorithms',
    'select * from users where token = $1 and session_id = ?',
    'update users set password=$1 where id=$2',
    'session: started',
    'tokens=512 max_tokens=4096',
    'exit code=ECONNREFUSED',
    'Key (email)=(ada@shop.example) already exists.',
    "Duplicate entry 'ada' for key 'users.name'",
    'order 4111 1111 1111 1112',
    '1234567890123456',
    'https://github.com/ada/shop@v1',
    'at 12:30:15 GET /books?page=2 200',
  ])('leaves alone: %s', (text) => expect(redactor.text(text)).toBe(text))

  it.each(['  const password = req.body.password', 'where({ token: user.token })', 'if (pin === input) {', 'session: await load(id),'])(
    'leaves code alone: %s',
    (line) => expect(redactor.code(line)).toBe(line),
  )

  it('1 MB of what begins like a token takes no time (T61)', () => {
    let best = Number.POSITIVE_INFINITY
    const text = 'eyJ'.repeat(350_000)
    for (let round = 0; round < 5; round++) {
      const from = performance.now()
      redactor.text(text)
      best = Math.min(best, performance.now() - from)
    }
    expect(best).toBeLessThan(60)
  })
})

describe('what is known to be a secret', () => {
  const knowing = redactor.knowing(
    redactor.secretsIn(preview({ user: { apiKey: secret, name: 'Ada' }, tokens: [`${secret}2`] }, defaultLimits)),
  )

  it('is masked wherever it appears', () => {
    expect(knowing.text(`Ada came with ${secret}`)).toMatch(/^Ada came with •+ masked$/)
    expect(knowing.url(`/reset/${secret}2`)).not.toContain('CANARY')
    expect(JSON.stringify(knowing.value({ note: `is ${secret}`, [secret]: 1 }))).not.toContain('CANARY')
    expect(knowing.code(`check('${secret}')`)).not.toContain('CANARY')
    expect(redactor.text(secret), 'by this redactor alone').toBe(secret)
  })

  it('does not take what merely stands near one', () => {
    const session = { cookie: { path: '/account', domain: 'shop.example', token: secret }, credentials: { user: 'ada.lovelace' } }
    expect(redactor.secretsIn(preview(session, defaultLimits))).toEqual([secret])
  })
})
