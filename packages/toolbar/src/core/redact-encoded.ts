/** how often a URL may be encoded that is a parameter of one that is a parameter */
const maxLevels = 4

/**
 * Masks what is a secret once it is decoded: `next=https%3A%2F%2Fh%2F%3Ftoken%3Dx` in a URL or a log line, however often it is encoded.
 * A part without such a secret stays as it is.
 */
export function maskEncoded(text: string, mask: (text: string) => string): string {
  return /%[\da-f]{2}/i.test(text) ? text.replace(/[^\s"'<>`]+/g, (run) => maskRun(run, mask)) : text
}

function maskRun(run: string, mask: (text: string) => string): string {
  if (!run.includes('%')) return run
  let shown = run
  let read = run
  for (let level = 0; level < maxLevels; level++) {
    const decoded = decodeParts(read)
    if (decoded === read) break
    read = mask(decoded)
    if (read !== decoded) shown = read
  }
  return shown
}

/** What cannot be decoded stays, and hides nothing else. */
function decodeParts(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (part) => {
    try {
      return decodeURIComponent(part)
    } catch {
      return part
    }
  })
}
