import { describe, expect, it } from 'vitest'
import { fitPolicy } from './csp.ts'

const fit = (enforced: string | undefined, change: Partial<Parameters<typeof fitPolicy>[0]> = {}) =>
  fitPolicy({ enforced, reported: undefined, host: 'localhost:3000', path: '/__debug__/', patch: true, ...change })
const own = 'localhost:3000/__debug__/'
const hash = "'sha256-VhMA0t4+7QJ8I5O8m2uC0E5cRnN8C1hOZz8v6dEwYF4='"

describe('a policy that lets the toolbar in is left alone', () => {
  const rows: [policy: string | undefined, nonce: string | null, reported?: string][] = [
    [undefined, null],
    ["script-src 'self'", null],
    ['script-src *; connect-src *', null],
    ["script-src 'nonce-abc' 'strict-dynamic'", 'abc'],
    ["script-src 'NONCE-abc'", 'abc'],
    ["script-src 'nonce-abc', script-src 'nonce-abc' 'nonce-def'", 'abc'],
    ["script-src 'nonce-abc', script-src 'nonce-def' 'nonce-abc'", 'abc'],
    [undefined, 'abc', "script-src 'nonce-abc'"],
    ["img-src 'none'; style-src 'none'", null],
  ]
  it.each(rows)('%s', (policy, nonce, reported) => {
    expect(fit(policy, { reported })).toEqual({ nonce, header: null, useless: null })
  })
})

describe('one that would block it gets one nonce and one path, and loses nothing', () => {
  const rows: [policy: string, patched: string][] = [
    ["default-src 'none'", `default-src 'none'; script-src 'nonce-NEW'; connect-src ${own}`],
    [`script-src ${hash}`, `script-src ${hash} 'nonce-NEW'`],
    ["script-src 'self' 'strict-dynamic'", "script-src 'self' 'strict-dynamic' 'nonce-NEW'"],
    ["script-src 'self'; script-src-elem 'none'", "script-src 'self'; script-src-elem 'nonce-NEW'"],
    ["script-src 'none'; script-src 'self'", "script-src 'nonce-NEW'; script-src 'self'"],
    ["script-src 'unsafe-inline'", `script-src 'unsafe-inline' ${own}`],
    ["script-src 'unsafe-inline' 'sha1-abc=' 'nonce-'", `script-src 'unsafe-inline' 'sha1-abc=' 'nonce-' ${own}`],
    // a nonce of the page in a policy that does not know it would let more of the page run
    ["script-src 'nonce-abc', script-src 'nonce-def'", "script-src 'nonce-abc' 'nonce-NEW', script-src 'nonce-def' 'nonce-NEW'"],
    [
      "script-src 'nonce-abc', default-src 'self'; script-src 'none'",
      "script-src 'nonce-abc' 'nonce-NEW', default-src 'self'; script-src 'nonce-NEW'",
    ],
  ]
  it.each(rows)('%s', (policy, patched) => {
    const { nonce, header } = fit(policy)
    expect(header?.replaceAll(`'nonce-${nonce}'`, "'nonce-NEW'")).toBe(patched)
    expect(header).not.toContain("'nonce-null'")
  })

  it('under a path that holds what parts directives', () => {
    const { header } = fit("connect-src 'none'", { path: '/a;script-src *,b/__debug__/' })
    expect(header).toBe('connect-src localhost:3000/a%3Bscript-src%20*%2Cb/__debug__/')
  })
})

describe('there is no script where it could do nothing', () => {
  it.each(['sandbox', 'sandbox allow-scripts', "script-src 'self'; SANDBOX allow-same-origin"])('%s', (policy) => {
    expect(fit(policy)).toMatchObject({ header: null, useless: 'sandbox' })
  })

  it.each([
    ["script-src 'none'", 'policy'],
    ["default-src 'self'; connect-src https://api.example", 'policy'],
    ["script-src 'self' 'strict-dynamic'", 'policy'],
    ['script-src http:; connect-src http://localhost:*', null],
    ['script-src http://localhost:3000', null],
    ["script-src 'nonce-abc' 'strict-dynamic'", null],
  ])("with csp: 'off', %s", (policy, useless) => {
    expect(fit(policy, { patch: false })).toMatchObject({ header: null, useless })
  })
})
