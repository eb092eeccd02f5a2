import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inRoot, root } from './paths.mjs'

/**
 * Runs a program to its end. Resolves to `{ code, output }`; never rejects, so that callers decide what a failure means.
 * `capture: true` collects stdout and stderr instead of showing them; `timeoutMs` ends the program and reports code 124.
 */
export function run(command, args, { cwd = root, env = {}, capture = false, timeoutMs = 0, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: capture ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      shell,
    })
    let output = ''
    let timedOut = false
    let killer
    child.stdout?.on('data', (chunk) => {
      output += chunk
    })
    child.stderr?.on('data', (chunk) => {
      output += chunk
    })
    const timer =
      timeoutMs > 0 &&
      setTimeout(() => {
        timedOut = true
        child.kill('SIGTERM')
        killer = setTimeout(() => child.kill('SIGKILL'), 5000)
      }, timeoutMs)
    const end = (code) => {
      clearTimeout(timer)
      clearTimeout(killer)
      resolve({ code: timedOut ? 124 : (code ?? 1), output })
    }
    child.on('error', (error) => {
      output += `${error.message}\n`
      if (!capture) console.error(error.message)
      end(127)
    })
    child.on('close', end)
    // Its own children may outlive it and hold the pipes open: what took too long is not waited for again.
    child.on('exit', () => {
      if (!timedOut) return
      child.stdout?.destroy()
      child.stderr?.destroy()
    })
  })
}

/** Runs a Node program with this Node: no shell, no `.cmd` shims, the same on every platform. */
export const runNode = (args, options) => run(process.execPath, args, options)

/** npm is a shell script or a `.cmd` file unless npm itself told us where its JavaScript is. */
export function runNpm(args, options = {}) {
  const cli = process.env.npm_execpath
  if (cli?.endsWith('npm-cli.js')) return runNode([cli, ...args], options)
  return run('npm', args, { ...options, shell: process.platform === 'win32' })
}

/** Path of the JavaScript behind the (first) command of an installed package. */
export function binOf(packageName) {
  const folder = inRoot('node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : Object.values(bin)[0])
}
