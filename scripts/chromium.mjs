/** Finds the Chromium of this machine, or installs one. */
import { accessSync, constants, existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { binOf, run, runNode } from './lib/run.mjs'
import { Explained, step } from './lib/say.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const usualPlaces = {
  linux: ['/usr/bin/chromium'],
  darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter(Boolean)
    .map((folder) => join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')),
}

/** Path of a Chromium or Chrome, or `null`. `CHROMIUM_PATH` decides alone when it is set. */
export function findChromium() {
  const { CHROMIUM_PATH } = process.env
  if (CHROMIUM_PATH) {
    if (runs(CHROMIUM_PATH)) return CHROMIUM_PATH
    throw new Explained(`CHROMIUM_PATH is '${CHROMIUM_PATH}', which is not a program: correct it, or unset it to have Chromium looked for.`)
  }
  const inPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  const candidates = [...(usualPlaces[process.platform] ?? []), ...(process.platform === 'win32' ? [] : inPath), playwrightsOwn()]
  return candidates.find((file) => file && runs(file)) ?? null
}

/** Playwright knows where its download would be, whether or not it is there. */
function playwrightsOwn() {
  try {
    return createRequire(import.meta.url)('@playwright/test').chromium.executablePath()
  } catch {
    return null
  }
}

function runs(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const isRoot = () => process.getuid?.() === 0

/** Arguments for a quiet, offline, headless browser. The sandbox cannot run as root, and only then is it off. */
export const chromiumArgs = () => [
  ...(isRoot() ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const howToGetChromium =
  'no Chromium was found: install it (npx playwright install chromium; Debian: apt-get install chromium), or set CHROMIUM_PATH to one, then run this command again.'

/** `findChromium`, and where there is none, installs one: Playwright's own first, then Debian's package. */
export async function ensureChromium() {
  const found = findChromium()
  if (found) return found
  await step('install Chromium', installChromium)
  return findChromium()
}

async function installChromium() {
  // Where downloads are blocked this hangs or fails; the limit keeps a first run short.
  const { code } = await runNode([binOf('@playwright/test'), 'install', 'chromium'], { timeoutMs: 120_000, capture: true })
  if (code === 0 && findChromium()) return
  if (!isRoot() || !existsSync('/etc/debian_version')) return
  console.log("  Playwright's own could not be downloaded: taking Debian's package")
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update', '-q'], { env, capture: true, timeoutMs: 180_000 })
  const install = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-liberation'], {
    env,
    capture: true,
    timeoutMs: 600_000,
  })
  if (install.code !== 0) console.log(install.output.split('\n').slice(-5).join('\n'))
}
