/**
 * The beginning of a text that is too long, as a copy: a slice keeps all of it alive. It never ends within a word, since half a secret
 * is one too, and is no longer recognised as one.
 */
export function beginningOf(text: string, length: number): string {
  if (text.length <= length) return text
  const beginning = Buffer.from(text.slice(0, length)).toString()
  const longest = Math.min(500, length >> 1)
  for (let back = 1; back <= longest; back++) if (isSpace(beginning.charCodeAt(beginning.length - back))) return beginning.slice(0, -back)
  return beginning.slice(0, -longest)
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}
