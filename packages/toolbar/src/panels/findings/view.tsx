import { useState } from 'preact/hooks'
import type { Finding, PassedCheck } from '../../contract/types.ts'
import { Code } from '../../ui/Code.tsx'
import { toHue } from '../../ui/categories.ts'
import { Change, Effect, FindingActions, severityTones, severityWords } from '../../ui/FindingParts.tsx'
import { formatCount, formatMs, formatPercent, formatPlural } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { defineView, type PanelProps, usePanel } from '../../ui/panel.ts'
import { Source } from '../../ui/Source.tsx'
import { SqlLine } from '../../ui/Sql.tsx'
import { State } from '../../ui/States.tsx'
import type { FindingEvidence, FindingsPanelData } from './data.ts'
import css from './view.css?inline'

/** A finding with what the panel knows of its entries. */
interface Item {
  finding: Finding
  evidence: FindingEvidence
  /** two findings of one request may share their `key` */
  id: string
}

const none: FindingEvidence = { marks: [], durationMs: 0 }

/** Ticks of the entries: height is their time, on an axis of their own. */
function Ticks({ evidence }: { evidence: FindingEvidence }) {
  const { marks } = evidence
  if (marks.length < 2) return null
  const from = Math.min(...marks.map(({ startMs }) => startMs))
  const to = Math.max(...marks.map(({ startMs, durationMs }) => startMs + durationMs))
  const longest = Math.max(...marks.map(({ durationMs }) => durationMs)) || 1
  const span = to - from || 1
  const mean = marks.reduce((sum, { durationMs }) => sum + durationMs, 0) / marks.length
  return (
    <div class="ev" role="img" aria-label={`${formatCount(marks.length)} entries between ${formatMs(from)} and ${formatMs(to)}`}>
      {marks.map(({ type, startMs, durationMs }, index) => (
        <i
          key={index}
          class={`f-${toHue(type)}`}
          style={{
            left: `${(2 + ((startMs - from) / span) * 96).toFixed(2)}%`,
            width: `${((durationMs / span) * 96).toFixed(2)}%`,
            height: `${(5 + (durationMs / longest) * 18).toFixed(1)}px`,
          }}
        />
      ))}
      <span class="from">{formatMs(from)}</span>
      <span class="mid">
        {formatCount(marks.length)} × about {formatMs(mean)}
      </span>
      <span class="to">{formatMs(to)}</span>
    </div>
  )
}

function Details({ item, request }: { item: Item; request: PanelProps<FindingsPanelData>['request'] }) {
  const panel = usePanel()
  const { finding, evidence } = item
  const { site, source, change, effect } = finding
  const first = finding.entries[0]
  return (
    <article class="fd scroll" tabIndex={0} aria-label="Finding">
      <header>
        <h3>
          <bdi>{finding.title}</bdi>
          <span class={`chip l ${severityTones[finding.severity]}`}>{severityWords[finding.severity]}</span>
        </h3>
        <p class="lede">
          <bdi>{finding.evidence}</bdi>
        </p>
      </header>
      <div class="col">
        <section>
          <h4 class="h">Evidence</h4>
          <Ticks evidence={evidence} />
          <dl class="kv">
            {finding.facts.map(([label, value], index) => [
              <dt key={`${index} label`}>{label}</dt>,
              <dd key={`${index} value`} class="wrap">
                {label === 'Statement' ? <SqlLine sql={value} /> : <bdi>{value}</bdi>}
              </dd>,
            ])}
            {site && [
              <dt key="site">Called from</dt>,
              <dd key="site value">
                <Source site={site} loud />
              </dd>,
            ]}
          </dl>
        </section>
        {source && (
          <section>
            <h4 class="h">
              Source
              <span class="m3 trunc">
                <Source site={{ file: source.file, line: source.line, column: site?.column ?? 1 }} />
              </span>
            </h4>
            <Code
              text={source.lines.join('\n')}
              language="javascript"
              label="Source excerpt"
              firstLine={source.firstLine}
              hot={source.line}
            />
          </section>
        )}
      </div>
      <div class="col">
        <section>
          <h4 class="h">How to fix</h4>
          <p class="m2 fix">
            <bdi>{finding.fix}</bdi>
          </p>
          {change && (
            <>
              <Change finding={finding} />
              {change.file === null && <p class="m3 hint">An example: the names are yours to fill in.</p>}
            </>
          )}
        </section>
        {effect && (
          <section>
            <h4 class="h">
              Expected effect<span class="m3">estimated from the timings above</span>
            </h4>
            <Effect effect={effect} request={request} />
          </section>
        )}
        <section>
          <FindingActions finding={finding}>
            {first !== undefined && evidence.marks[0]?.type === 'sql' && (
              <button type="button" class="btn" onClick={() => panel.openPanel('sql', `entry ${first}`)}>
                Show in SQL
              </button>
            )}
          </FindingActions>
        </section>
      </div>
    </article>
  )
}

function Checks({ passed }: { passed: readonly PassedCheck[] }) {
  return (
    <>
      <h3 class="lbl pass">{formatPlural(passed.length, 'check')} passed</h3>
      <ul class="passed">
        {passed.map(({ rule, title }) => (
          <li key={rule}>
            <Icon path={allIcons.check} small />
            <bdi>{title}</bdi>
          </li>
        ))}
      </ul>
    </>
  )
}

function Ignored({ items }: { items: readonly Item[] }) {
  const panel = usePanel()
  const [open, setOpen] = useState(false)
  if (items.length === 0) return null
  return (
    <>
      <button type="button" class="lbl fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class={`tw2${open ? ' o' : ''}`} aria-hidden="true">
          ›
        </span>
        {formatCount(items.length)} ignored
      </button>
      {open && (
        <ul class="ignored">
          {items.map(({ finding, id }) => (
            <li key={id}>
              <bdi class="trunc" title={finding.title}>
                {finding.title}
              </bdi>
              <button type="button" class="btn sm" onClick={() => panel.setIgnored(finding.key, false)}>
                Take back<span class="sr">: {finding.title}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function FindingsView({ data, request }: PanelProps<FindingsPanelData>) {
  const panel = usePanel()
  const items = data.findings.map((finding, index): Item => ({ finding, evidence: data.evidence[index] ?? none, id: `f${index}` }))
  const shown = items.filter(({ finding }) => !panel.ignored.has(finding.key))
  const ignored = items.filter(({ finding }) => panel.ignored.has(finding.key))
  const current = shown.find(({ id }) => id === panel.selected) ?? shown[0]
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }): void => {
    if (!current || event.ctrlKey || event.metaKey || event.altKey) return
    const at = shown.indexOf(current)
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key]
    const next = target === undefined ? undefined : shown[target]
    if (!next || !(event.target as HTMLElement).matches('[data-key]')) return
    event.preventDefault()
    event.stopPropagation()
    panel.select(next.id)
    event.currentTarget.querySelector<HTMLElement>(`[data-key=${next.id}]`)?.focus()
  }
  if (!current && ignored.length === 0)
    return (
      <section class="pbody fnd scroll" tabIndex={0} aria-label="Findings">
        {request.state === 'running' ? (
          <State icon={allIcons.findings} title="The request still runs">
            The rules look at it once it is over.
          </State>
        ) : (
          <div class="clear">
            <State icon={allIcons.check} title="No findings">
              {data.passed.length > 0
                ? `${formatPlural(data.passed.length, 'rule')} looked at this request of ${formatMs(data.requestMs)} and ${formatPlural(data.queries, 'query', 'queries')}.`
                : 'No rule is turned on: the option rules of debugToolbar() has them.'}
            </State>
            {data.passed.length > 0 && <Checks passed={data.passed} />}
          </div>
        )}
      </section>
    )
  return (
    <div class="pbody fnd">
      <div class="fl scroll" onKeyDown={onKeyDown}>
        <h3 class="lbl">{formatPlural(shown.length, 'finding')} in this request</h3>
        <ul aria-label="Findings">
          {shown.map(({ finding, evidence, id }) => (
            <li key={id}>
              <button
                type="button"
                class="fi"
                data-key={id}
                aria-current={id === current?.id}
                tabIndex={id === current?.id ? 0 : -1}
                onClick={() => panel.select(id)}
              >
                <span class={`c-${severityTones[finding.severity]}`}>
                  <Icon path={finding.severity === 'info' ? allIcons.info : allIcons.warn} />
                </span>
                <bdi class="b">{finding.title}</bdi>
                <span class="sub">
                  {severityWords[finding.severity]}
                  {evidence.durationMs > 0 && `, ${formatMs(evidence.durationMs)}`}
                  {evidence.durationMs > 0 &&
                    evidence.durationMs <= data.requestMs &&
                    `, ${formatPercent(evidence.durationMs / data.requestMs)} of the request`}
                </span>
              </button>
            </li>
          ))}
        </ul>
        {data.passed.length > 0 && <Checks passed={data.passed} />}
        <Ignored items={ignored} />
      </div>
      {current ? (
        <Details key={current.id} item={current} request={request} />
      ) : (
        <State icon={allIcons.check} title="Nothing but what you ignore" />
      )}
    </div>
  )
}

export const view = defineView<FindingsPanelData>({ View: FindingsView, css })
