import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** A process ends as it would without the toolbar: code, signal, what it prints, and within the same time. */

const program = fileURLToPath(new URL('endings.mjs', import.meta.url))

interface Ending {
  code: number | null
  signal: string | null
  stdout: string
  stderr: string
  ms: number
}

async function run(how: string, toolbar: boolean, flags: readonly string[] = []): Promise<Ending> {
  const { NODE_ENV: _unset, NODE_OPTIONS: _none, ...env } = process.env
  const from = performance.now()
  const child = spawn(process.execPath, [...flags, program, how], {
    env: { ...env, TOOLBAR: toolbar ? '1' : '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  clearTimeout(timer)
  // places, process ids and Node's count of promises that were rejected before somebody listened are as they are
  const same = stderr
    .replace(/\(node:\d+\)/g, '')
    .replace(/rejection id: \d+/g, '')
    .replace(/^ +at .*\n/gm, '')
  return { code, signal, stdout, stderr: same, ms: performance.now() - from }
}

/** Ms that a process may end later: less than anything of ours waits for. */
const most = 1_500

/** R32 to R34, R40 to R43. */
describe('a process ends as without the toolbar', () => {
  it.concurrent.each([
    ['by itself'],
    ['by its exit code'],
    ['by an error in a timer'],
    ['by a rejection that nobody handles'],
    ['by a rejection that nobody handles', '--unhandled-rejections=warn'],
    ['by a rejection that nobody handles', '--unhandled-rejections=none'],
    ['by a rejection of a plain function that nobody handles'],
    ['with rejections that were handled'],
    ['with its own handler of errors'],
    ['by a deep recursion that is caught'],
    ['by a signal'],
    ['with its own handler of a signal'],
    ['with a request that is never answered'],
    ['with a domain'],
    ['with a thread of its own'],
    ['with the processes of a cluster'],
    ['after many toolbars'],
    ['with everything restored'],
  ])('%s %s', async (how: string, ...flags: string[]) => {
    const delays: number[] = []
    // what holds a process up does so each time, a busy machine does not
    do {
      const { ms: bareMs, ...expected } = await run(how, false, flags)
      const { ms, ...ended } = await run(how, true, flags)
      expect(ended).toEqual(expected)
      delays.push(ms - bareMs)
    } while (delays.length < 3 && Math.min(...delays) > most)
    expect(Math.min(...delays)).toBeLessThan(most)
  })
})
