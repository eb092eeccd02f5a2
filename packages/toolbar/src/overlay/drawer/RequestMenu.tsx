import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { matches, parseFilter, REQUEST_FILTER_KEYS } from '../../contract/filter.ts'
import { toRequestFields } from '../../contract/request-fields.ts'
import type { RequestSummary } from '../../contract/types.ts'
import { Ms, StatusChip } from '../../ui/figures.tsx'
import { formatAge, formatCount, formatPlural } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { Segmented } from '../../ui/Segmented.tsx'
import { SpineBar } from '../../ui/SpineBar.tsx'
import { OUTSIDE } from '../client.ts'
import type { Model } from '../model.ts'
import { isOfPage } from '../page-requests.ts'
import type { DrawerState } from './drawer-state.ts'
import { Layer } from './Layer.tsx'

const choices = [
  ['all', 'All'],
  ['pages', 'Pages'],
  ['fetch', 'Fetch'],
  ['failed', 'Failed'],
] as const
type Choice = (typeof choices)[number][0]

/** Rows drawn at once: enough to see, few enough to open at once; the rest is found by typing. */
const SHOWN = 150

const passes: Record<Choice, (request: RequestSummary) => boolean> = {
  all: () => true,
  pages: ({ type }) => type === 'document',
  fetch: ({ type }) => type === 'fetch',
  failed: ({ status, state }) => (status ?? 0) >= 400 || state === 'failed' || state === 'aborted',
}
const kinds = { document: 'page', fetch: 'fetch', other: 'other' }

function Row({ request, current, now, onPick }: { request: RequestSummary; current: boolean; now: number; onPick(): void }) {
  const found = request.findings.error + request.findings.warning
  return (
    <div
      class={`row gr swg${current ? ' sel' : ''}`}
      role="row"
      aria-selected={current}
      tabIndex={current ? 0 : -1}
      data-id={request.id}
      onClick={onPick}
    >
      <div role="gridcell">
        <StatusChip request={request} />
      </div>
      <div role="gridcell" class="meth">
        {request.method}
      </div>
      <div role="gridcell" class="mono trunc">
        <bdi>{request.url}</bdi>
      </div>
      <div role="gridcell" class="m3 x">
        {kinds[request.type]}
      </div>
      <div role="gridcell" class="x">
        <SpineBar spine={request.spine} />
      </div>
      <div role="gridcell" class="r">
        <Ms value={request.durationMs} />
      </div>
      <div role="gridcell" class={`r x ${request.largestGroup >= 5 ? 'c-warn b' : 'm3'}`}>
        {formatCount(request.counts.sql ?? 0)}
      </div>
      <div role="gridcell" class="x">
        {found > 0 && <span class="chip warn">{found}</span>}
      </div>
      <div role="gridcell" class="r m3 x">
        {formatAge(now - request.startedAt)}
      </div>
    </div>
  )
}

/** Search among the requests that are kept, and open one. */
export function RequestMenu({ model, state }: { model: Model; state: DrawerState }) {
  const text = useSignal('')
  const choice = useSignal<Choice>('all')
  const grid = useRef<HTMLDivElement>(null)
  const now = Date.now()
  useEffect(() => void model.readOutside(), [model])
  // it is no request: a search among them does not find it
  const outside = text.value.trim() === '' && choice.value === 'all' ? model.history.outside.value : null
  const groups = useComputed(() => {
    const filter = parseFilter(text.value, REQUEST_FILTER_KEYS)
    const page = model.pageRecord.value
    const found = model.history.list.value
      .filter((request) => passes[choice.value](request) && matches(filter, toRequestFields(request)))
      .slice(0, SHOWN)
    const own = found.filter((request) => isOfPage(request, page, model.pageIds.value))
    const rest = found.filter((request) => !own.includes(request))
    return [
      { label: 'This page and what it fetched', requests: own },
      { label: page ? 'Earlier and elsewhere' : 'Newest first', requests: rest },
    ].filter(({ requests }) => requests.length > 0)
  })
  const errors = parseFilter(text.value, REQUEST_FILTER_KEYS).errors
  const pick = (id: string): void => {
    state.menu.value = null
    model.select(id)
  }
  /** SQL is what there is of it: no response, no middleware */
  const pickOutside = (): void => {
    pick(OUTSIDE)
    if ((outside?.counts.sql ?? 0) > 0) model.preferences.set({ panel: 'sql' })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const rows = [...(grid.current?.querySelectorAll<HTMLElement>('[data-id]') ?? [])]
    const at = rows.indexOf(event.target as HTMLElement)
    if (event.key === 'Enter') {
      const row = at >= 0 ? rows[at] : text.peek() !== '' && (event.target as HTMLElement).matches('input') ? rows[0] : undefined
      if (!row?.dataset.id) return
      event.preventDefault()
      if (row.dataset.id === OUTSIDE) pickOutside()
      else pick(row.dataset.id)
      return
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const next = rows[at < 0 ? 0 : at + step]
    if (next) next.focus()
    else if (step < 0) (event.currentTarget as HTMLElement).querySelector('input')?.focus()
  }
  const hasCurrent = groups.value.some(({ requests }) => requests.some(({ id }) => id === model.currentId.value))
  return (
    <Layer state={state} class="swm" role="dialog" label="Switch request">
      <div class="menu-body" onKeyDown={onKeyDown}>
        <div class="mh">
          <label class="inp">
            <Icon path={allIcons.search} small />
            <input
              type="search"
              placeholder="Path, status, method, or time:>100"
              aria-label="Search requests"
              spellcheck={false}
              autocomplete="off"
              value={text.value}
              onInput={(event) => {
                text.value = event.currentTarget.value
              }}
            />
          </label>
          <Segmented
            label="Show"
            value={choice.value}
            options={choices}
            onChange={(value) => {
              choice.value = value
            }}
          />
        </div>
        {errors[0] && <p class="ferr">{errors[0].message}</p>}
        <div class="scroll">
          {groups.value.length === 0 && !outside ? (
            <p class="none">{model.history.list.value.length === 0 ? 'No requests yet. Open a page of the app.' : 'No request matches.'}</p>
          ) : (
            <div role="grid" aria-label="Requests" ref={grid}>
              {groups.value.map(({ label, requests }, group) => (
                <div key={label} role="rowgroup" aria-label={label}>
                  <div class="lbl" role="presentation">
                    <span>{label}</span>
                  </div>
                  {requests.map((request, index) => (
                    <Row
                      key={request.id}
                      request={request}
                      now={now}
                      current={hasCurrent ? request.id === model.currentId.value : group === 0 && index === 0}
                      onPick={() => pick(request.id)}
                    />
                  ))}
                </div>
              ))}
              {outside && (
                <div role="rowgroup" aria-label="Outside of requests">
                  <div class="lbl" role="presentation">
                    <span>Start-up, timers and late work</span>
                  </div>
                  <div
                    class={`row gr swg outs${outside.id === model.currentId.value ? ' sel' : ''}`}
                    role="row"
                    aria-selected={outside.id === model.currentId.value}
                    tabIndex={outside.id === model.currentId.value ? 0 : -1}
                    data-id={outside.id}
                    onClick={() => pickOutside()}
                  >
                    <div role="gridcell">
                      <Icon path={allIcons.time} small /> Outside of requests
                      <span class="m3"> · {formatPlural(outside.counts.sql ?? 0, 'query', 'queries')}</span>
                    </div>
                  </div>
                </div>
              )}
            </div>
          )}
        </div>
        <div class="mf">
          <span>
            <kbd>↑</kbd> <kbd>↓</kbd> move
          </span>
          <span>
            <kbd>Enter</kbd> open
          </span>
          <span>
            <kbd>[</kbd> <kbd>]</kbd> older, newer
          </span>
        </div>
      </div>
    </Layer>
  )
}
