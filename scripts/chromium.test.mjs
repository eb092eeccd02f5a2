import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { chromiumArgs, findChromium } from './chromium.mjs'

describe('findChromium', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('takes CHROMIUM_PATH, and says so when that is not a program', () => {
    const folder = mkdtempSync(join(tmpdir(), 'chromium-'))
    const file = join(folder, 'chrome')
    writeFileSync(file, '')
    chmodSync(file, 0o755)
    vi.stubEnv('CHROMIUM_PATH', file)
    expect(findChromium()).toBe(file)
    rmSync(folder, { recursive: true })
    expect(() => findChromium()).toThrow(/CHROMIUM_PATH is '.*', which is not a program: correct it, or unset it/)
  })

  it('gives up the sandbox for root alone, who cannot have it', () => {
    expect(chromiumArgs().includes('--no-sandbox')).toBe(process.getuid?.() === 0)
  })
})
