import { useEffect, useRef, useState } from 'preact/hooks'
import { matches, REQUEST_FILTER_KEYS } from '../../contract/filter.ts'
import { toRequestFields } from '../../contract/request-fields.ts'
import type { RequestSummary } from '../../contract/types.ts'
import { Ms, StatusChip } from '../../ui/figures.tsx'
import { formatAge, formatClock, formatCount, formatPlural } from '../../ui/format.ts'
import { type Column, Grid } from '../../ui/Grid.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { PanelHead } from '../../ui/PanelHead.tsx'
import { defineView, type PanelProps, usePanel } from '../../ui/panel.ts'
import { Segmented } from '../../ui/Segmented.tsx'
import { SpineBar } from '../../ui/SpineBar.tsx'
import css from './view.css?inline'

const MANY_QUERIES = 5
const TYPING_MS = 250
const nothing: ReadonlySet<string> = new Set()
const kinds = { document: 'page', fetch: 'fetch', other: 'other' }
const isFailed = ({ status, state }: RequestSummary): boolean => (status ?? 0) >= 400 || state === 'failed' || state === 'aborted'
const shows: Record<string, (request: RequestSummary) => boolean> = {
  all: () => true,
  pages: ({ type }) => type === 'document',
  fetch: ({ type }) => type === 'fetch',
  failed: isFailed,
}

function toColumns(now: number): Column<RequestSummary>[] {
  return [
    { id: 'at', label: 'At', class: 'm3 x3', cell: ({ startedAt }) => formatClock(startedAt) },
    { id: 'status', label: <span class="sr">Status</span>, cell: (request) => <StatusChip request={request} /> },
    { id: 'method', label: <span class="sr">Method</span>, class: 'meth', cell: ({ method }) => method },
    { id: 'path', label: 'Path', class: 'p trunc', cell: ({ url }) => <bdi>{url}</bdi> },
    { id: 'type', label: 'Type', class: 'm3 x', cell: ({ type }) => kinds[type] },
    { id: 'where', label: 'Where', class: 'x', cell: ({ spine }) => <SpineBar spine={spine} /> },
    {
      id: 'time',
      label: 'Time',
      class: 'r',
      cell: ({ durationMs }) => <Ms value={durationMs} />,
    },
    {
      id: 'sql',
      label: 'SQL',
      class: 'r x3',
      cell: ({ counts, largestGroup }) => (
        <span class={largestGroup >= MANY_QUERIES ? 'c-warn b' : 'm2'}>{formatCount(counts.sql ?? 0)}</span>
      ),
    },
    {
      id: 'findings',
      label: 'Findings',
      class: 'r x3',
      cell: ({ findings }) => {
        const found = findings.error + findings.warning
        return found > 0 && <span class={`chip ${findings.error > 0 ? 'err' : 'warn'}`}>{found}</span>
      },
    },
    { id: 'age', label: 'Age', class: 'r m3 x', cell: ({ startedAt }) => formatAge(now - startedAt) },
  ]
}

/** Ids that the server finds for a text, a moment after it was typed. */
function useSearch(text: string): ReadonlySet<string> {
  const panel = usePanel()
  const [found, setFound] = useState<ReadonlySet<string>>(nothing)
  useEffect(() => {
    setFound(nothing)
    if (text.trim() === '') return
    let wanted = true
    const timer = setTimeout(() => {
      panel.search(text).then(
        (ids) => wanted && setFound(new Set(ids)),
        // not reached: what the browser knows is still filtered
        () => {},
      )
    }, TYPING_MS)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [text])
  return found
}

/** All requests that are kept. A list that has left its top stands still; what came in since waits behind a button. */
function HistoryView(_: PanelProps<undefined>) {
  const panel = usePanel()
  const [show, setShow] = useState('all')
  const [armed, setArmed] = useState(false)
  const all = panel.requests.value
  const outside = panel.outside.value
  const top = useRef<number | null>(null)
  const filter = panel.parsed
  const found = useSearch(panel.filter)
  const held = top.current === null ? all : all.filter(({ seq }) => seq <= (top.current ?? 0))
  const waiting = all.length - held.length
  const rows = held.filter((request) => shows[show]?.(request) && (found.has(request.id) || matches(filter, toRequestFields(request))))
  const clear = (): void => {
    if (!armed) {
      setArmed(true)
      return
    }
    setArmed(false)
    panel.clear().then(
      () => panel.toast('History cleared'),
      (error: Error) => panel.toast(error.message),
    )
  }
  return (
    <>
      <PanelHead
        filter="Path, status:>=500, time:>100"
        errors={filter.errors}
        tools={
          <>
            {panel.loadMore && (
              <button
                type="button"
                class="btn sm opt"
                onClick={() => panel.loadMore?.().catch((error: Error) => panel.toast(error.message))}
              >
                Load older
              </button>
            )}
            <button type="button" class={`btn sm opt${armed ? ' pri' : ''}`} onClick={clear} onBlur={() => setArmed(false)}>
              <Icon path={allIcons.trash} small />
              {armed ? 'Clear all of it' : 'Clear'}
            </button>
          </>
        }
      >
        <Segmented
          label="Show"
          value={show}
          onChange={setShow}
          options={[
            ['all', `All ${formatCount(all.length)}`],
            ['pages', `Pages ${formatCount(all.filter(({ type }) => type === 'document').length)}`],
            ['fetch', `Fetch ${formatCount(all.filter(({ type }) => type === 'fetch').length)}`],
            ['failed', `Failed ${formatCount(all.filter(isFailed).length)}`],
          ]}
        />
        {waiting > 0 && (
          <button
            type="button"
            class="btn sm"
            onClick={() => {
              top.current = all[0]?.seq ?? null
              panel.toast(`Showing ${waiting} more`)
            }}
          >
            {formatCount(waiting)} newer
          </button>
        )}
      </PanelHead>
      <div class="pbody">
        <div class="pcol">
          <Grid
            label="Requests"
            class="hg"
            rows={rows}
            columns={toColumns(Date.now())}
            keyOf={({ id }) => id}
            selected={panel.currentId}
            opens
            onSelect={({ id }) => panel.openRequest(id)}
            onScrolled={(scrolled) => {
              top.current = scrolled ? (all[0]?.seq ?? null) : null
            }}
            copyText={({ method, url }) => `${method} ${url}`}
            empty={
              <p class="none">
                {all.length === 0 ? 'No requests yet. Open a page of the app, or send it a request.' : 'No request matches.'}
              </p>
            }
          />
          {outside && (
            <button
              type="button"
              class="outs"
              onClick={() => {
                panel.openRequest(outside.id)
                if ((outside.counts.sql ?? 0) > 0) panel.openPanel('sql')
              }}
            >
              <Icon path={allIcons.time} small />
              Outside of requests
              <span class="m3">{formatPlural(outside.counts.sql ?? 0, 'query', 'queries')} at start-up, in timers, or late</span>
              <Icon path={allIcons.right} small />
            </button>
          )}
        </div>
      </div>
    </>
  )
}

export const view = defineView<undefined>({ View: HistoryView, css, data: false, fields: REQUEST_FILTER_KEYS })
