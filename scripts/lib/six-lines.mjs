import { Explained } from './say.mjs'

/** The code block of the README that follows `<!-- six-lines:<kind> -->`, exactly as a reader would paste it. */
export function sixLines(readme, kind) {
  const marker = `<!-- six-lines:${kind} -->`
  const after = readme.split(marker)[1]
  if (after === undefined)
    throw new Explained(`README.md has no marker '${marker}': put it right before the fenced block that new users paste.`)
  const block = after.match(/^\s*```\w+\r?\n([\s\S]*?)```/)
  if (!block) throw new Explained(`README.md has no fenced block right after '${marker}'.`)
  const code = block[1]
  const lines = code.split('\n').filter((line) => line.trim() !== '')
  if (lines.length !== 6) throw new Explained(`the block after '${marker}' has ${lines.length} lines of code: the README promises six.`)
  return code
}
