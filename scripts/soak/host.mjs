import { spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./app.mjs', import.meta.url))

/**
 * Starts the app in a process of its own.
 * @param {'bare' | 'toolbar'} mode
 * @param {{ options?: object, env?: object, cwd?: string, nodeArgs?: string[], maxFiles?: number }} how
 */
export async function startApp(mode, { options = {}, env = {}, cwd, nodeArgs = [], maxFiles } = {}) {
  const { NODE_ENV: _, VITEST: __, ...inherited } = process.env
  const args = [...nodeArgs, program, mode, JSON.stringify(options)]
  const [command, all] =
    maxFiles === undefined ? [process.execPath, args] : ['sh', ['-c', `ulimit -n ${maxFiles} && exec "$0" "$@"`, process.execPath, ...args]]
  const child = spawn(command, all, {
    cwd,
    env: Object.fromEntries(Object.entries({ ...inherited, ...env }).filter(([, value]) => value !== undefined)),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let printed = ''
  child.stderr.on('data', (chunk) => {
    printed = (printed + chunk).slice(0, 10_000)
  })
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
  const pending = new Map()
  let asked = 0
  const port = await new Promise((resolve, reject) => {
    exited.then(({ code, signal }) => {
      const error = new Error(`the app ended with ${code ?? signal}: ${printed}`)
      reject(error)
      for (const { fail } of pending.values()) fail(error)
    })
    child.on('message', (message) => {
      if (message.port !== undefined) return resolve(message.port)
      pending.get(message.id)?.done(message.answer)
      pending.delete(message.id)
    })
  })
  const url = `http://127.0.0.1:${port}`
  return {
    mode,
    port,
    url,
    exited,
    kill: (signal) => child.kill(signal),
    /** what it wrote to its error output: warnings, failures */
    printed: () => printed,
    ask: (ask, value) =>
      new Promise((done, fail) => {
        const id = ++asked
        pending.set(id, { done, fail })
        child.send({ id, ask, value }, (error) => error && fail(error))
      }),
    api: async (path) => (await fetch(`${url}/__debug__/api/${path}`)).json(),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exited
    },
  }
}

/** Runs `work` with apps of these kinds, and stops them whatever happens. */
export async function withApps(apps, work) {
  const started = []
  try {
    for (const [mode, how] of apps) started.push(await startApp(mode, how))
    return await work(...started)
  } finally {
    for (const app of started) await app.stop()
  }
}

/** Health of the toolbar once nothing runs any more, or after `ms`. */
export async function settled(app, ms = 5_000) {
  for (const until = performance.now() + ms; ; await wait(20)) {
    const health = await app.api('health')
    if (health.counts.running === 0 || performance.now() > until) return health
  }
}

/** The row that every scenario ends with: each request is somewhere, and what has no record has a reason. */
export async function accounting(app, expected) {
  const { counts, dropped, hooks } = await settled(app)
  const { received, running, stored, evicted, cleared, ignored } = counts
  const somewhere = running + stored + evicted + cleared + counts.dropped + ignored
  const reasons = dropped.reasons.reduce((sum, { requests }) => sum + requests, 0)
  const failures = hooks.filter((hook) => hook.failures > 0).map(({ name, lastError }) => `${name}: ${lastError}`)
  return row({
    what: 'accounting',
    target: 'received = running + stored + evicted + cleared + dropped + ignored, drops have reasons, no hook failed',
    seen: `${received} = ${running} + ${stored} + ${evicted} + ${cleared} + ${counts.dropped} + ${ignored}${failures.length > 0 ? `; ${failures}` : ''}`,
    ok:
      received === somewhere &&
      (expected === undefined || received === expected) &&
      reasons === counts.dropped &&
      running === 0 &&
      failures.length === 0 &&
      app.printed() === '',
  })
}

/** A row of the table. `timing`: it speaks of this machine at this moment as well, and is judged where nothing runs beside it. */
export const row = ({ what, target, seen, ok, timing = false }) => ({ what, target, seen: String(seen), ok, timing })

/** A row for a figure with a most. */
export function atMost(what, value, most, unit) {
  return row({ what, target: `≤ ${most} ${unit}`, seen: `${round(value)} ${unit}`, ok: value <= most, timing: unit === 'ms' })
}

export const round = (value) => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toFixed(Math.abs(value) >= 1 ? 1 : 3)))
export const megabytes = (bytes) => bytes / 1024 / 1024
export const median = (values) => quantile(values, 0.5)

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}
