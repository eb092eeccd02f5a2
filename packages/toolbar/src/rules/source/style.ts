/** How a file is written, so that a change looks like it. */

/** White space before what begins at a position. */
export function indentOf(text: string, at: number): string {
  const from = text.lastIndexOf('\n', at - 1) + 1
  return /^[ \t]*/.exec(text.slice(from, at))?.[0] ?? ''
}

/** Whether lines of the file end with semicolons, by the first fifty that end a call or a value. */
export function usesSemicolons(text: string): boolean {
  let semicolons = 0
  let others = 0
  for (const line of text.split('\n', 400)) {
    if (/[\w)'"\]`]\s*$/.test(line)) others++
    else if (/;\s*$/.test(line)) semicolons++
  }
  return semicolons > others
}
