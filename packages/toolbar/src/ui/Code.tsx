import { useEffect, useState } from 'preact/hooks'
import type { Language, Piece } from './highlight.ts'

/** longer texts are not coloured */
const LONG = 20_000

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
  const lines = useLines(text, language)
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
