import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// In a process of its own: what every object inherits, those of the test runner inherit, too.
it.each([
  ['text', 'polluted', 'an inherited value'],
  ['a number', 'polluted', 1],
  ['a list', 'polluted', ['an inherited value']],
  ['a part of a property descriptor', 'enumerable', true],
])('an app that gives every object %s is answered all the same', (_what, key, value) => {
  const { NODE_ENV: _unset, ...env } = process.env
  const file = fileURLToPath(new URL('inherited.mjs', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [file, key, JSON.stringify(value)], { env, encoding: 'utf8' })
  const answer = { status: 200, seen: false }
  const all = [answer, answer, answer, answer, answer]
  expect(JSON.parse(stdout || JSON.stringify(stderr))).toEqual({ polluted: all, clean: all })
})
