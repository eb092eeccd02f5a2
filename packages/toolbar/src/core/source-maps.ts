import { readFileSync, statSync } from 'node:fs'
import { findSourceMap, SourceMap } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Site } from '../contract/types.ts'
import { scriptMapUrl, templateLine } from './script-maps.ts'

/**
 * From the line that runs to the line that was written. Only readers call this, never a request.
 * Maps come from Node when it keeps them (tsx, `--enable-source-maps`), else from the file's own `sourceMappingURL`, else from what V8
 * remembers of a script that was compiled in memory.
 */

const maps = new Map<string, SourceMap | null>()
const maxMapBytes = 10 * 1024 * 1024
const maxMaps = 500

/** The place in the source as written; the place itself where there is no map. */
export function mapSite(site: Site): Site {
  const line = templateLine(site.file, site.line, site.column)
  if (line !== null) return { ...site, line, column: 1, function: null }
  const map = mapOf(site.file)
  if (map === null) return site
  try {
    const entry = map.findEntry(site.line - 1, site.column - 1) as {
      originalSource?: string
      originalLine?: number
      originalColumn?: number
    }
    if (entry.originalSource === undefined || entry.originalLine === undefined) return site
    return {
      ...site,
      file: resolveSource(entry.originalSource, site.file),
      line: entry.originalLine + 1,
      column: (entry.originalColumn ?? 0) + 1,
    }
  } catch {
    return site
  }
}

function mapOf(file: string): SourceMap | null {
  const known = maps.get(file)
  if (known !== undefined) return known
  if (maps.size >= maxMaps) maps.clear()
  const found = fromNode(file) ?? fromFile(file) ?? fromScript(file)
  maps.set(file, found)
  return found
}

function fromNode(file: string): SourceMap | null {
  try {
    return findSourceMap(file) ?? null
  } catch {
    return null
  }
}

function fromScript(file: string): SourceMap | null {
  const url = scriptMapUrl(file)
  return url === null ? null : fromUrl(file, url)
}

function fromFile(file: string): SourceMap | null {
  try {
    if (!path.isAbsolute(file) || statSync(file).size > maxMapBytes) return null
    const text = readFileSync(file, 'utf8')
    const at = text.lastIndexOf('//# sourceMappingURL=')
    if (at === -1) return null
    return fromUrl(file, (text.slice(at + 21).split('\n', 1)[0] as string).trim())
  } catch {
    return null
  }
}

function fromUrl(file: string, url: string): SourceMap | null {
  try {
    const payload = url.startsWith('data:') ? fromDataUrl(url) : fromNeighbour(file, url)
    return payload === null ? null : new SourceMap(JSON.parse(payload))
  } catch {
    return null
  }
}

function fromDataUrl(url: string): string | null {
  const comma = url.indexOf(',')
  if (comma === -1) return null
  const body = url.slice(comma + 1)
  return url.slice(0, comma).endsWith(';base64') ? Buffer.from(body, 'base64').toString('utf8') : decodeURIComponent(body)
}

function fromNeighbour(file: string, url: string): string | null {
  const target = path.resolve(path.dirname(file), url)
  return statSync(target).size > maxMapBytes ? null : readFileSync(target, 'utf8')
}

function resolveSource(source: string, generated: string): string {
  if (source.startsWith('file:')) return fileURLToPath(source)
  if (/^[a-z][a-z\d+.-]+:/i.test(source) && !/^[a-z]:[\\/]/i.test(source)) return source
  return path.resolve(path.dirname(generated), source)
}
