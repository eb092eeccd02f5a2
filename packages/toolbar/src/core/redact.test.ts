import { describe, expect, it } from 'vitest'
import { linearMs, timePumped } from '../testing/internal/pumped.ts'
import { createRedactor } from './redact.ts'

const redactor = createRedactor()

const secretKeys =
  'password passwd pwd PassWord user_password_confirmation newPassword2 old-password passwordHash PGPASSWORD passphrase passcode secret clientSecret client_secret ' +
  'appSecret secrets token accessToken access_token refresh-token id_token idToken csrfToken XSRF-TOKEN xsrf x-amz-security-token jwt bearer authorization ' +
  'Authorization proxy-authorization X-Authorization cookie Cookies set-cookie credential credentials apikey apikeys apiKey api_key api.key x-api-key API_KEYS ' +
  'private_key privateKey signing_key encryptionKey masterKey account_key authKey AWS_SECRET_ACCESS_KEY accessKey otp totp mfaCode cvv cvc ssn iban dsn csrf ' +
  'connect.sid sid PHPSESSID __Host-session sessionId session signature sig cardNumber card_number securityCode connectionString resetCode recovery_codes backupCode auth pass pin salt'

const innocentKeys =
  'author authored_at authors keyboard monkey primaryKey primary_key foreign_key public_key keyCount key keys passenger compass bypass tokenizer max_tokens maxTokens ' +
  'sessionsCount secretary hashtag pinned signal design assignment side cardinality codes encode accessible discard pinboard saltwater authenticity_label'

describe('secret names', () => {
  it.each(secretKeys.split(/\s+/))('%s', (key) => expect(redactor.isSecretKey(key, 'value')).toBe(true))
})

describe('innocent names stay readable', () => {
  it.each(innocentKeys.split(/\s+/))('%s', (key) => expect(redactor.isSecretKey(key, 'value')).toBe(false))

  it('booleans, and numbers that are no codes', () => {
    expect(redactor.isSecretKey('csrfEnabled', true)).toBe(false)
    expect(redactor.isSecretKey('cookieConsent', false)).toBe(false)
    expect(redactor.isSecretKey('token', null)).toBe(false)
    expect(redactor.isSecretKey('tokenCount', 5)).toBe(false)
    expect(redactor.isSecretKey('cvv', 123)).toBe(true)
  })
})

const a = (length: number) => 'a1B2c3D4e5'.repeat(40).slice(0, length)
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'

describe('secret values under innocent names', () => {
  const cases: [name: string, secret: string][] = [
    ['JWT', jwt],
    ['AWS', 'AKIAIOSFODNN7EXAMPLE'],
    ['GitHub', `ghp_${a(36)}`],
    ['GitHub fine-grained', `github_pat_${a(40)}`],
    ['GitLab', `glpat-${a(20)}`],
    ['Slack', `xoxb-${a(30)}`],
    ['Stripe', `sk_live_${a(24)}`],
    ['Stripe restricted', `rk_live_${a(24)}`],
    ['Google', `AIza${a(35)}`],
    ['SendGrid', `SG.${a(22)}.${a(43)}`],
    ['npm', `npm_${a(36)}`],
    ['Anthropic', `sk-ant-${a(40)}`],
    ['OpenAI', `sk-proj-${a(40)}`],
    ['Hugging Face', `hf_${a(30)}`],
    ['bcrypt', `$2b$10$${a(53)}`],
    ['argon2', `$argon2id$v=19$m=65536,t=3,p=4$${a(22)}$${a(43)}`],
    ['card', '4111 1111 1111 1111'],
    ['private key', `-----BEGIN RSA PRIVATE KEY-----\n${a(200)}\n-----END RSA PRIVATE KEY-----`],
  ]
  it.each(cases)('%s', (_name, secret) => {
    const text = redactor.text(`before ${secret} after`)
    expect(text).not.toContain(secret.slice(12, 40))
    expect(text).toMatch(/^before .*masked.* after$/s)
  })

  it.each([
    ['postgres://ada:hunter22@db.example/shop', 'hunter22'],
    ['Authorization: Bearer abcdefghijklmnop', 'abcdefghijklmnop'],
    ['https://x.test/cb?code=abcdef&state=1', 'abcdef&'],
    ['password=hunter22 in a log line', 'hunter22'],
    ['{"password":"hunter22","a":1}', 'hunter22'],
    ["{ password: 'hunter22' }", 'hunter22'],
    ['node app.js --db-password=hunter22 --port 1', 'hunter22'],
    ['AccountKey=abcdefghijklmnop==;Endpoint', 'abcdefghijklmnop'],
  ])('%s', (text, secret) => {
    expect(redactor.text(text)).not.toContain(secret)
    expect(redactor.text(text).length).toBeGreaterThan(10)
  })

  it('leaves ordinary text alone', () => {
    for (const text of [
      'The author pressed a key.',
      'order 1234567890123',
      '2026-11-21T10:00:00.000Z',
      '/books?page=2&sort=title',
      'select * from tokens_used where n = 1',
      '978-3-16-148410-0',
      'a=1&b=2',
    ])
      expect(redactor.text(text)).toBe(text)
  })

  it('costs linear time', () => {
    for (const pump of [
      'eyJ',
      'eyJa.',
      'a:',
      '://a:',
      'password=',
      '-----BEGIN ',
      'Bearer ',
      '1',
      '1 ',
      'sk-',
      '$2b$10$',
      '--password',
      '"',
      'a=',
      'a:',
      'password: [',
      'password: "',
      '\\"password\\":',
      '(password)=(',
      "Duplicate entry '",
      "value: 'x' for column ",
      'Cookie: ',
      'http://a',
      'aa://a:b@',
      'aa://a:b/',
      'aa://@:b',
      'token%3D',
      'a%3D',
      'a%25',
      '%25',
      '%',
      '%41 ',
      'a=%2525252541&',
      "'a' => ",
      "'token', ",
      "[ 'token', '",
      '[ ',
      "\\'",
      "password '",
      'sk-a',
      '?code=a_',
      'Authorization: a ',
      'token: a',
      "alter user a identified by 'x', ",
      "select jsonb_set(a, '{password}', ",
      '4 ',
    ]) {
      expect(
        timePumped(pump, (text) => redactor.text(text)),
        pump,
      ).toBeLessThan(linearMs)
    }
  }, 60_000)
})

describe('values', () => {
  it('masks nested, in arrays, pairs and name-value lists', () => {
    const masked = JSON.stringify(
      redactor.value({
        user: { credentials: [{ secret: 'CANARY' }], name: 'Ada' },
        list: [['password', 'CANARY'], { name: 'api_key', value: 'CANARY' }],
        $: 'Map',
        v: [['token', 'CANARY']],
        text: 'password=CANARY',
      }),
    )
    expect(masked).not.toContain('CANARY')
    expect(masked).toContain('Ada')
  })

  it('takes further keys and patterns, and another mask', () => {
    const own = createRedactor({ keys: ['favouriteColour'], patterns: [/ORDER-\d+/], replace: '[x]' })
    expect(own.isSecretKey('favourite_colour', 'red')).toBe(true)
    expect(own.text('see ORDER-123 and ORDER-4')).toBe('see [x] and [x]')
    expect(own.isSecretKey('password', 'x')).toBe(true)
  })

  it('masks parameters of URLs by name', () => {
    expect(redactor.url('/a?token=CANARY&page=2#x')).toMatch(/^\/a\?token=.*masked&page=2#x$/)
    expect(redactor.url('/a?user%5Bpassword%5D=CANARY')).not.toContain('CANARY')
  })

  it('never lets prototypes be written', () => {
    redactor.value(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'))
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})
