import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const fixture = fileURLToPath(new URL('fixtures/production.mjs', import.meta.url))

interface Outcome {
  responses: { status: number; headers: [string, string][]; body: string }[]
  modules: string[]
  patched: boolean
  listeners: number
  handles: number
  measured: number
  middleware: string
}

function run(mode: 'bare' | 'toolbar', environment: Record<string, string>): { outcome: Outcome; stderr: string } {
  const { NODE_ENV: _unset, ...env } = process.env
  const child = spawnSync(process.execPath, [fixture, mode], { env: { ...env, ...environment }, encoding: 'utf8' })
  if (child.status !== 0) throw new Error(child.stderr)
  return { outcome: JSON.parse(child.stdout) as Outcome, stderr: child.stderr }
}

describe('off is nothing', () => {
  for (const [name, environment] of [
    ['NODE_ENV=production', { NODE_ENV: 'production' }],
    ['NODE_ENV=production, whatever the option says', { NODE_ENV: 'production', ENABLED: 'true' }],
    ['enabled: false', { ENABLED: 'false' }],
    ['a hosting platform without NODE_ENV', { FLY_APP_NAME: 'shop' }],
  ] as const) {
    it(name, () => {
      const bare = run('bare', environment).outcome
      const { outcome } = run('toolbar', environment)
      expect(outcome.responses).toEqual(bare.responses)
      expect(outcome).toMatchObject({ patched: false, listeners: bare.listeners, handles: bare.handles, measured: 42 })
      expect(outcome.modules.map((file) => file.slice(file.lastIndexOf('dist/') + 5)).sort()).toEqual(['index.js', 'node/off.js'])
    })
  }

  it('says why, in one line, where it turned itself off', () => {
    const { stderr } = run('toolbar', { DYNO: 'web.1' })
    expect(stderr).toMatch(/^\[debug-toolbar\] off: DYNO .*enabled: true\.\n$/)
  })

  it('is on without NODE_ENV, and on a platform when asked', () => {
    expect(run('toolbar', {}).outcome.patched).toBe(true)
    expect(run('toolbar', { DYNO: 'web.1', ENABLED: 'true' }).outcome.patched).toBe(true)
    expect(run('toolbar', { NODE_ENV: 'development' }).outcome.modules.some((file) => file.endsWith('node/recording.js'))).toBe(true)
  })

  it('is decided once: what a request says changes nothing', () => {
    const { outcome } = run('toolbar', { NODE_ENV: 'production', TRICKS: '1' })
    expect(JSON.stringify(outcome.responses)).not.toContain('debug-toolbar')
  })
})
