import { spawn } from 'node:child_process'
import { inRoot } from './paths.mjs'

const preload = inRoot('scripts/smoke/ephemeral-port.cjs')

/** Starts an app as its user would, on a free port, does something with it, and ends it. */
export async function withApp({ binary = process.execPath, file, cwd, env = {}, flags = [] }, action) {
  const { NODE_ENV: _unset, ...inherited } = process.env
  const child = spawn(binary, [...flags, '--require', preload, file], {
    cwd,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const port = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${file} did not listen within 20 s:\n${output}`)), 20_000)
    const settle = (result) => {
      clearTimeout(timer)
      result()
    }
    child.once('message', (message) => settle(() => resolve(message.port)))
    child.once('error', (error) => settle(() => reject(error)))
    exited.then((code) => settle(() => reject(new Error(`${file} ended before it listened (exit ${code}):\n${output}`))))
  }).catch((error) => {
    child.kill()
    throw error
  })
  try {
    return await action(port)
  } catch (error) {
    if (output.trim()) error.message += `\nThe app printed:\n${output.trim()}`
    throw error
  } finally {
    if (child.connected) child.disconnect()
    const killer = setTimeout(() => child.kill('SIGKILL'), 5000)
    await exited
    clearTimeout(killer)
  }
}
