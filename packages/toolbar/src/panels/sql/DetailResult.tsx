import type { Preview, RunAnswer } from '../../contract/types.ts'
import { formatMs, formatPlural } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { previewText } from '../../ui/preview.ts'
import { type Answers, useDetail } from './use-answers.ts'

function Cell({ value }: { value: Preview }) {
  if (value === null) return <span class="m3">null</span>
  const name = typeof value === 'number' ? 'y-n' : typeof value === 'boolean' ? 'y-k' : ''
  const text = previewText(value, '')
  return (
    <bdi class={name} title={text.length > 40 ? text : undefined}>
      {text}
    </bdi>
  )
}

function Rows({ answer }: { answer: RunAnswer }) {
  const { columns, rows } = answer
  if (rows.length === 0) return <p class="m2">No rows.</p>
  return (
    <section class="result scroll" tabIndex={0} aria-label="Rows">
      <table class="pt">
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th key={index} scope="col">
                <bdi>{column}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((value, index) => (
                <td key={index} class={typeof value === 'number' ? 'r' : ''}>
                  <Cell value={value} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** What a query answers now. */
export function DetailResult({ entry, answers }: { entry: number; answers: Answers }) {
  const detail = useDetail(answers, entry)
  const { value, state, error } = answers.of('run', entry)
  const actions = detail.value?.actions ?? null
  const asking = state === 'asking'
  if (detail.value === null) return <p class={detail.state === 'failed' ? 'c-err' : 'm3'}>{detail.error || 'Asking what can be done'}</p>
  if (actions === null) return <p class="m2">This query cannot be run from here: its database has no connection for the toolbar.</p>
  if (actions.run !== null)
    return (
      <p class="m2">
        Not to be run again: <bdi>{actions.run}</bdi>
      </p>
    )
  return (
    <>
      {value === null && state !== 'failed' && (
        <p class="m2">
          Rows are not kept. Running it again shows the first 100, read on a connection of the toolbar's own that may not write.
        </p>
      )}
      {state === 'failed' && (
        <p class="c-err wrap" role="alert">
          <bdi>{error}</bdi>
        </p>
      )}
      {value && (
        <>
          <p class="m3" role="status">
            {formatPlural(value.rows.length, 'row')} in {formatMs(value.durationMs)}
            {value.truncated && <span class="c-warn">, more rows or longer values than are shown</span>}
          </p>
          <Rows answer={value} />
        </>
      )}
      <div class="acts">
        <button type="button" class={`btn${value ? '' : ' pri'}`} disabled={asking} onClick={() => answers.ask('run', entry)}>
          <Icon path={allIcons.play} small />
          {asking ? 'Running' : 'Run again'}
        </button>
      </div>
    </>
  )
}
