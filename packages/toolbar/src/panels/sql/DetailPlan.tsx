import { useState } from 'preact/hooks'
import { formatMs } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { usePanel } from '../../ui/panel.ts'
import { PlanTree } from './PlanTree.tsx'
import { type Answers, useDetail } from './use-answers.ts'

/** How the database goes about a query. */
export function DetailPlan({ entry, answers }: { entry: number; answers: Answers }) {
  const panel = usePanel()
  const [raw, setRaw] = useState(false)
  const detail = useDetail(answers, entry)
  const { value, state, error } = answers.of('explain', entry)
  const actions = detail.value?.actions ?? null
  const asking = state === 'asking'
  if (detail.value === null) return <p class={detail.state === 'failed' ? 'c-err' : 'm3'}>{detail.error || 'Asking what can be done'}</p>
  if (actions === null) return <p class="m2">This query cannot be explained from here: its database has no connection for the toolbar.</p>
  if (actions.explain !== null)
    return (
      <p class="m2">
        Not to be explained: <bdi>{actions.explain}</bdi>
      </p>
    )
  return (
    <>
      {value === null && state !== 'failed' && (
        <p class="m2">EXPLAIN asks the database for its plan on a connection of the toolbar's own. The query is not run.</p>
      )}
      {state === 'failed' && (
        <p class="c-err wrap" role="alert">
          <bdi>{error}</bdi>
        </p>
      )}
      {value && (
        <>
          <p class="m3" role="status">
            {value.analyzed ? 'As it ran just now' : 'As planned, not run'}, {value.dialect}, answered in {formatMs(value.durationMs)}
          </p>
          <PlanTree plan={value.plan} />
          {value.notes.map((note, index) => (
            <p key={index} class="m2">
              <bdi>{note}</bdi>
            </p>
          ))}
        </>
      )}
      <div class="acts">
        <button type="button" class={`btn${value ? '' : ' pri'}`} disabled={asking} onClick={() => answers.ask('explain', entry)}>
          <Icon path={allIcons.play} small />
          {asking ? 'Explaining' : value ? 'Explain again' : 'Explain'}
        </button>
        {actions.analyze === null && (
          <button
            type="button"
            class="btn"
            disabled={asking}
            title="Runs the query inside a read-only transaction that is rolled back"
            onClick={() => answers.ask('explain', entry, true)}
          >
            Explain with ANALYZE
          </button>
        )}
        {value && (
          <>
            <button type="button" class="btn ghost" data-key-y onClick={() => panel.copy(value.text, 'the plan')}>
              <Icon path={allIcons.copy} small />
              Copy plan
            </button>
            <button type="button" class="btn ghost" aria-expanded={raw} onClick={() => setRaw(!raw)}>
              {raw ? 'Hide' : 'Show'} as printed
            </button>
          </>
        )}
      </div>
      {actions.analyze !== null && (
        <p class="m3">
          No ANALYZE: <bdi>{actions.analyze}</bdi>
        </p>
      )}
      {value && raw && (
        <section class="code tall" tabIndex={0} aria-label="Plan as printed">
          <pre>{value.text}</pre>
        </section>
      )}
    </>
  )
}
