import { readFileSync, statSync } from 'node:fs'
import type { SourceExcerpt } from '../contract/types.ts'
import { beginningOf } from './cut-text.ts'

const linesAround = 5
const maxSourceBytes = 2 * 1024 * 1024

/** Lines around a place. Only for files that were on a stack of this process, never for one that a client names. `null` where it cannot be read. */
export function excerptOf(file: string, line: number, around = linesAround): SourceExcerpt | null {
  try {
    const stat = statSync(file)
    if (!stat.isFile() || stat.size > maxSourceBytes) return null
    const lines = readFileSync(file, 'utf8').split(/\r?\n/)
    if (line < 1 || line > lines.length) return null
    const first = Math.max(1, line - around)
    return { file, firstLine: first, line, lines: lines.slice(first - 1, line + around).map((text) => beginningOf(text, 400)) }
  } catch {
    return null
  }
}
