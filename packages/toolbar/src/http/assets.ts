import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ApiProblem, sendBody } from './reply.ts'
import type { Route } from './routes.ts'

/** The built overlay: read once, when the first file is asked for. Names come from the folder, never from a URL. */
export interface Assets {
  /** file name of the entry chunk */
  readonly entry: string
  readonly route: Route
}

const folder = fileURLToPath(new URL('../overlay/', import.meta.url))

export function createAssets(): Assets {
  const names = listFolder()
  const entry = names.find((name) => /^toolbar\.[\w-]+\.js$/.test(name) || /^toolbar-[\w-]+\.js$/.test(name)) ?? 'toolbar.missing.js'
  const loaded = new Map<string, Buffer>()
  const known = new Set(names)
  return {
    entry,
    route: {
      method: 'GET',
      pattern: 'assets/:file',
      action: false,
      asset: true,
      unpaired: true,
      summary: 'The overlay itself',
      handle({ req, res, params }) {
        const name = params.file as string
        if (!known.has(name))
          throw new ApiProblem(404, 'NO_SUCH_ASSET', 'no such file. The page may come from an earlier version: reload it.')
        let bytes = loaded.get(name)
        if (bytes === undefined) {
          bytes = readFileSync(path.join(folder, name))
          loaded.set(name, bytes)
        }
        sendBody(
          req,
          res,
          200,
          { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'public, max-age=31536000, immutable' },
          bytes,
        )
      },
    },
  }
}

function listFolder(): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.js'))
  } catch {
    return []
  }
}
