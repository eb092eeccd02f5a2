/** `npm run demo`: installs, builds and starts the bookshop. The second time it only starts. */
import { spawn } from 'node:child_process'
import { inRoot, root } from './lib/paths.mjs'
import { main } from './lib/say.mjs'
import { ensureBuilt, ensureInstalled } from './lib/setup.mjs'

await main(async () => {
  await ensureInstalled()
  await ensureBuilt()
  const child = spawn(process.execPath, [inRoot('apps/demo/src/server.js'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group: the server has it already, and twice would mean 'at once'.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  process.exitCode = await new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)))
  })
})
