import { fork } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { routes } from '../routes.mjs'
import { createConnection } from './client.mjs'
import { connectOverlay } from './overlay.mjs'

const server = fileURLToPath(new URL('../server.mjs', import.meta.url))
const page = routes.find(({ path }) => path === '/page')

/**
 * Starts one configuration in a fresh process.
 *
 * @param host.databaseFile the SQLite file
 * @param host.pgUrl of the PostgreSQL server, or `null`
 * @param host.node `{ binary, sqlite }`: which Node, and its better-sqlite3 where it is not the installed one
 */
export async function startConfiguration({ id, file, env = {}, quiet = false, overlay = false }, { databaseFile, pgUrl, node }) {
  const { NODE_ENV: _unset, NODE_OPTIONS: _options, ...inherited } = process.env
  const output = quiet ? openSync(devNull, 'w') : 'inherit'
  const child = fork(server, [file], {
    execPath: node.binary,
    stdio: ['ignore', output, 'inherit', 'ipc'],
    env: {
      ...inherited,
      BENCH_DB: databaseFile,
      ...(node.sqlite ? { BENCH_SQLITE: node.sqlite } : {}),
      ...(pgUrl ? { BENCH_PG: pgUrl } : {}),
      ...env,
    },
  })
  if (quiet) closeSync(output)
  const hear = () =>
    new Promise((resolve, reject) => {
      const onExit = (code, signal) => reject(new Error(`the process of '${id}' ended (${signal ?? code}): what it printed above says why`))
      child.once('exit', onExit)
      child.once('message', (message) => {
        child.off('exit', onExit)
        resolve(message)
      })
    })
  const ask = async (question) => {
    const heard = hear()
    child.send({ ask: question })
    return (await heard).answer
  }
  const cpuUs = async () => {
    // What the server does after its last answer belongs to the request too.
    await wait(10)
    const { user, system } = await ask('cpu')
    return user + system
  }
  const { port, startupCpuMs } = await hear()
  const connection = createConnection(port)

  const asked = new Map()
  const burst = async (route, count) => {
    asked.set(route, (asked.get(route) ?? 0) + count)
    const bytes = connection.toBytes(route)
    for (let left = count; left > 0; left--) {
      const { status } = await connection.send(bytes)
      if (status !== 200) throw new Error(`'${id}' answered ${route.path} with ${status}`)
    }
  }
  const opened = overlay ? await connectOverlay(connection) : null
  if (opened) asked.set(page, 1)
  return {
    startupCpuMs,
    connection,
    overlay: opened,
    ask,
    burst,
    /** how often each route was asked for, in bursts and by the overlay for its page */
    asked,
    /** CPU of the whole process so far (all threads: compiler and garbage collector too), in µs */
    cpuUs,
    /** the same in µs per request of one burst, with all that an overlay is told of it, and of no other */
    async cpuPerRequest(route, count) {
      await opened?.quiet()
      const before = await cpuUs()
      await burst(route, count)
      await opened?.quiet()
      return ((await cpuUs()) - before) / count
    },
    async stop() {
      opened?.close()
      connection.close()
      if (!child.connected) return
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.disconnect()
      await exited
    },
  }
}
