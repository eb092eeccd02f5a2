import { useEffect, useState } from 'preact/hooks'
import type { Preview } from '../../contract/types.ts'
import { Pieces } from '../../ui/Code.tsx'
import { formatCount } from '../../ui/format.ts'
import { SqlText, Value } from '../../ui/Sql.tsx'
import type { SqlPiece } from './format-sql.ts'

/** Longer texts are drawn without laying them out, and only on demand: 20 kB of SQL is read by nobody at once. */
const LONG = 20_000

/** The statement in lines once the formatter is there; `null` before, and where it cannot read it. */
function useFormatted(sql: string, params: readonly Preview[], dialect: string): SqlPiece[][] | null {
  const [formatted, setFormatted] = useState<{ sql: string; params: readonly Preview[]; lines: SqlPiece[][] } | null>(null)
  useEffect(() => {
    if (sql.length > LONG) return
    let wanted = true
    import('./format-sql.ts')
      .then(({ formatSql }) => wanted && setFormatted({ sql, params, lines: formatSql(sql, params, dialect) }))
      // the text as it is says the same
      .catch(() => {})
    return () => {
      wanted = false
    }
  }, [sql, params, dialect])
  return formatted?.sql === sql && formatted.params === params ? formatted.lines : null
}

/** A whole statement with its values in it. */
export function QueryText({ sql, params, dialect }: { sql: string; params: readonly Preview[]; dialect: string }) {
  const [all, setAll] = useState(false)
  const lines = useFormatted(sql, params, dialect)
  if (sql.length > LONG)
    return (
      <>
        <section class="code tall" tabIndex={0} aria-label="SQL">
          <pre dir="auto">{all ? sql : `${sql.slice(0, LONG)}…`}</pre>
        </section>
        {!all && (
          <button type="button" class="btn" onClick={() => setAll(true)}>
            Show all {formatCount(sql.length)} characters
          </button>
        )}
      </>
    )
  return (
    <section class="code tall sqlt" tabIndex={0} aria-label="SQL">
      <pre dir="auto">
        {lines === null ? (
          <SqlText sql={sql} params={params} />
        ) : (
          lines.map((line, index) => [
            index > 0 && '\n',
            line.map((part, at) =>
              part.kind === 'value' ? <Value key={at} value={part.value} /> : <Pieces key={at} line={[part.piece]} />,
            ),
          ])
        )}
      </pre>
    </section>
  )
}
