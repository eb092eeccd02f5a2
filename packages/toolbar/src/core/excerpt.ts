import { readFileSync, realpathSync, statSync } from 'node:fs'
import type { SourceExcerpt } from '../contract/types.ts'
import { beginningOf } from './cut-text.ts'

const linesAround = 5
const maxSourceBytes = 2 * 1024 * 1024

/** What code and templates are written in. A source map may name any file; keys, settings and the like are not shown for it. */
const sources =
  /\.(?:[cm]?[jt]sx?|coffee|civet|vue|svelte|astro|mdx?|ejs|eta|pug|jade|hbs|handlebars|mustache|njk|nunjucks|liquid|twig|marko|dot|html?|xhtml|sql|gql|graphql)$/i

/** Lines around a place. Only for files that were on a stack of this process, never for one that a client names. `null` where it cannot be read. */
export function excerptOf(file: string, line: number, around = linesAround): SourceExcerpt | null {
  try {
    // judged by the file that is opened in the end, not by the name that leads to it
    const target = realpathSync(file)
    const stat = statSync(target)
    if (!sources.test(target) || !stat.isFile() || stat.size > maxSourceBytes) return null
    const lines = readFileSync(target, 'utf8').split(/\r?\n/)
    if (line < 1 || line > lines.length) return null
    const first = Math.max(1, line - around)
    return { file, firstLine: first, line, lines: lines.slice(first - 1, line + around).map((text) => beginningOf(text, 400)) }
  } catch {
    return null
  }
}
