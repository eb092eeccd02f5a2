import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheDir, inRoot } from './paths.mjs'

const isTest = /\.(test|e2e)\.tsx?$/

/** One hash over the names and contents of files and folders (recursive), relative to the root; tests are left out, missing ones count as such. */
export function hashFiles(paths) {
  const hash = createHash('sha256')
  for (const path of paths) addTo(hash, path)
  return hash.digest('hex')
}

function addTo(hash, path) {
  const full = inRoot(path)
  if (!existsSync(full)) {
    hash.update(`missing ${path}\n`)
  } else if (statSync(full).isDirectory()) {
    for (const name of readdirSync(full).sort()) if (!isTest.test(name)) addTo(hash, join(path, name))
  } else {
    hash.update(`${path}\n`).update(readFileSync(full))
  }
}

/** What was last done with what, so that it is not done twice. */
export function readStamp(name) {
  try {
    return readFileSync(join(cacheDir, `${name}.stamp`), 'utf8')
  } catch {
    return null
  }
}

export function writeStamp(name, value) {
  const file = join(cacheDir, `${name}.stamp`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, value)
}
