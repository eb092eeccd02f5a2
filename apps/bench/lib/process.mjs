import { fork } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createConnection } from './client.mjs'

const server = fileURLToPath(new URL('../server.mjs', import.meta.url))

/** Starts one configuration in a fresh process of a Node: `{ startupCpuMs, cpuPerRequest, memory, connection, stop }`. */
export async function startConfiguration({ id, env = {}, nodeArgs = [] }, { databaseFile, node }) {
  const { NODE_ENV: _unset, NODE_OPTIONS: _options, ...inherited } = process.env
  const child = fork(server, [id], {
    execPath: node.binary,
    execArgv: nodeArgs,
    env: { ...inherited, BENCH_DB: databaseFile, BENCH_ADDON: node.addon, ...env },
  })
  const hear = () =>
    new Promise((resolve, reject) => {
      const onExit = (code) => reject(new Error(`the process of '${id}' ended (exit ${code}): what it printed above says why`))
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

  const burst = async (path, count) => {
    for (let left = count; left > 0; left--) {
      const { status } = await connection.get(path)
      if (status !== 200) throw new Error(`'${id}' answered GET ${path} with ${status}`)
    }
  }
  return {
    startupCpuMs,
    connection,
    burst,
    memory: () => ask('memory'),
    /** CPU of the whole process (all threads: compiler and garbage collector too) in µs, per request of one burst. */
    async cpuPerRequest(path, count) {
      const before = await cpuUs()
      await burst(path, count)
      return ((await cpuUs()) - before) / count
    },
    async stop() {
      connection.close()
      if (child.exitCode !== null) return
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.disconnect()
      await exited
    },
  }
}
