import { describe, expect, it } from 'vitest'
import { run, runNode } from './run.mjs'

describe('run', () => {
  it('gives the exit code and, when asked, what was printed', async () => {
    const { code, output } = await runNode(['-e', 'console.log("out"); console.error("err"); process.exit(3)'], { capture: true })
    expect(code).toBe(3)
    expect(output.split('\n').sort()).toEqual(['', 'err', 'out'])
  })

  it('reports a program that does not exist as 127', async () => {
    expect(await run('no-such-program-here', [], { capture: true })).toMatchObject({ code: 127 })
  })

  it('ends what takes too long and reports 124', async () => {
    const start = performance.now()
    expect(await runNode(['-e', 'setInterval(() => {}, 1000)'], { capture: true, timeoutMs: 300 })).toMatchObject({ code: 124 })
    expect(performance.now() - start).toBeLessThan(5000)
  })

  it('does not wait for the children of what it ended', async () => {
    const grandchild = 'setTimeout(() => {}, 4000)'
    const child = `require('node:child_process').spawn(process.execPath, ['-e', '${grandchild}'], { stdio: 'inherit' }); setInterval(() => {}, 1000)`
    const start = performance.now()
    expect(await runNode(['-e', child], { capture: true, timeoutMs: 500 })).toMatchObject({ code: 124 })
    expect(performance.now() - start).toBeLessThan(3000)
  })
})
