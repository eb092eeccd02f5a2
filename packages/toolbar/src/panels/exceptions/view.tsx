import type { Entry, ExceptionCause, ExceptionData } from '../../contract/types.ts'
import { Code } from '../../ui/Code.tsx'
import { Facts, Section } from '../../ui/Facts.tsx'
import { formatMs } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { defineView, type PanelProps, usePanel } from '../../ui/panel.ts'
import { isNothing } from '../../ui/preview.ts'
import { Source } from '../../ui/Source.tsx'
import { Stack } from '../../ui/Stack.tsx'
import { State } from '../../ui/States.tsx'
import { ValueTree } from '../../ui/ValueTree.tsx'
import type { ExceptionsPanelData } from './data.ts'
import css from './view.css?inline'

type Exception = Entry<ExceptionData>

function Cause({ cause }: { cause: ExceptionCause }) {
  return (
    <Section title={`Caused by ${cause.name}`} note={cause.code}>
      <p class="wrap">
        <bdi>{cause.message}</bdi>
      </p>
      <Stack stack={cause.stack} />
    </Section>
  )
}

function toCopy({ name, data }: Exception): string {
  const frames = data.stack.map(
    (frame) => `    at ${frame.function ?? '<anonymous>'} (${frame.file ?? ''}:${frame.line ?? ''}:${frame.column ?? ''})`,
  )
  return [`${name}: ${data.message}`, ...frames, ...data.causes.map((cause) => `caused by ${cause.name}: ${cause.message}`)].join('\n')
}

function ExceptionsView({ data }: PanelProps<ExceptionsPanelData>) {
  const panel = usePanel()
  const current = data.exceptions.find(({ id }) => String(id) === panel.selected) ?? data.exceptions[0]
  if (!current)
    return (
      <State icon={allIcons.check} title="No exceptions in this request">
        Errors that are thrown, passed to next(), or swallowed by an error handler would be here.
      </State>
    )
  const { source, causes, properties } = current.data
  const hasProperties =
    typeof properties === 'object' && properties !== null && !isNothing(properties) && Object.keys(properties).length > 0
  return (
    <div class="pbody exc">
      {data.exceptions.length > 1 && (
        <div class="exl scroll">
          {data.exceptions.map((exception) => (
            <button
              key={exception.id}
              type="button"
              class="fi"
              aria-current={exception === current}
              onClick={() => panel.select(String(exception.id))}
            >
              <span class="c-err">
                <Icon path={allIcons.exceptions} />
              </span>
              <bdi class="b trunc">{exception.name}</bdi>
              <bdi class="sub trunc">{exception.data.message}</bdi>
            </button>
          ))}
          {data.truncated > 0 && <p class="none">{data.truncated} more were not kept</p>}
        </div>
      )}
      <article class="exd scroll" tabIndex={0} aria-label={current.name}>
        <header>
          <h3>
            <bdi>{current.name}</bdi> {current.data.code && <span class="chip l err">{current.data.code}</span>}{' '}
            {current.data.status !== null && <span class="chip l">{current.data.status}</span>}
          </h3>
          <p class="wrap msg">
            <bdi>{current.data.message}</bdi>
          </p>
          <Facts
            rows={[
              ['At', formatMs(current.startMs)],
              ['Raised by', current.data.raisedBy ?? 'not known'],
              ['Answered by', current.data.handledBy ?? "the framework's own error handler"],
              ...(current.site ? [['Place', <Source site={current.site} loud />] as const] : []),
            ]}
          />
        </header>
        {source && (
          <Section title="Source">
            <Code text={source.lines.join('\n')} language="javascript" label="Source" firstLine={source.firstLine} hot={source.line} />
          </Section>
        )}
        <Section title="Stack">
          <Stack stack={current.data.stack} />
        </Section>
        {causes.map((cause, index) => (
          <Cause key={index} cause={cause} />
        ))}
        {hasProperties && (
          <Section title="Properties">
            <ValueTree value={properties} />
          </Section>
        )}
        <div class="acts">
          <button type="button" class="btn" data-key-y onClick={() => panel.copy(toCopy(current), 'the exception')}>
            <Icon path={allIcons.copy} small />
            Copy
          </button>
        </div>
      </article>
    </div>
  )
}

export const view = defineView<ExceptionsPanelData>({ View: ExceptionsView, css })
