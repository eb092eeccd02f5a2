import { useEffect, useState } from 'preact/hooks'
import type { Language, Piece } from './highlight.ts'

/** longer texts are not coloured */
const LONG = 20_000

/** Lines without the indentation that all of them have. */
export function dedent(lines: readonly string[]): string[] {
  const depths = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length)
  const least = depths.length > 0 ? Math.min(...depths) : 0
  return lines.map((line) => line.slice(Math.min(least, line.length)))
}

/** Plain lines at once, coloured ones as soon as the highlighter is there. */
export function useLines(text: string, language: Language): Piece[][] {
  const [lines, setLines] = useState<{ text: string; lines: Piece[][] } | null>(null)
  useEffect(() => {
    if (text.length > LONG) return
    let wanted = true
    import('./highlight.ts').then(
      ({ highlight }) => wanted && setLines({ text, lines: highlight(language, text) }),
      () => {},
    )
    return () => {
      wanted = false
    }
  }, [text, language])
  return lines?.text === text ? lines.lines : text.split('\n').map((line) => [['', line]])
}

/** One line in its colours. */
export function Pieces({ line }: { line: readonly Piece[] }) {
  if (line.length === 0) return <> </>
  return (
    <>
      {line.map(([name, piece], at) =>
        name ? (
          <span key={at} class={name}>
            {piece}
          </span>
        ) : (
          piece
        ),
      )}
    </>
  )
}

/** A block of code; never wraps. `firstLine` numbers the lines, `hot` marks the one that matters. */
export function Code({
  text,
  language,
  label,
  firstLine,
  hot,
}: {
  text: string
  language: Language
  label: string
  firstLine?: number
  hot?: number
}) {
  // an excerpt is of the middle of something
  const lines = useLines(firstLine === undefined ? text : dedent(text.split('\n')).join('\n'), language)
  return (
    <section class="code" tabIndex={0} aria-label={label}>
      {lines.map((pieces, index) => {
        const number = firstLine === undefined ? null : firstLine + index
        return (
          <div key={index} class={`ln${number !== null && number === hot ? ' hot' : ''}`}>
            {number !== null && <b>{number}</b>}
            <Pieces line={pieces} />
          </div>
        )
      })}
    </section>
  )
}
