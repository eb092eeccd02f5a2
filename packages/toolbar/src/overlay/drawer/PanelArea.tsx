import { useSignal, useSignalEffect } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { parseFilter } from '../../contract/filter.ts'
import { formatClock } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { allIcons } from '../../ui/icons-more.ts'
import { PanelContext, type PanelHost, type PanelView } from '../../ui/panel.ts'
import { Loading, State } from '../../ui/States.tsx'
import type { ClientError } from '../client.ts'
import type { Host } from '../host.ts'
import type { Model } from '../model.ts'
import { Boundary } from './Boundary.tsx'
import type { DrawerState } from './drawer-state.ts'
import { toShownPanel } from './Navigation.tsx'
import { toNavigation } from './panels.ts'
import { loadView, SETTINGS } from './views.ts'

type Copy = (text: string, what: string) => void

function Unreachable({ error, model, copy }: { error: ClientError | null; model: Model; copy: Copy }) {
  const text = error?.message ?? `No answer from ${model.client.base.host}`
  return (
    <State
      icon={allIcons.off}
      title="The app does not answer"
      actions={
        <>
          <button type="button" class="btn pri" onClick={() => model.retry()}>
            Try now
          </button>
          <button type="button" class="btn" onClick={() => copy(text, 'the details')}>
            Copy details
          </button>
        </>
      }
    >
      {text}. Restart the app; this panel tries again every 2 s.
    </State>
  )
}

function Evicted({ model }: { model: Model }) {
  const kept = model.config.value?.maxRequests
  return (
    <State
      icon={allIcons.box}
      title="This request is no longer stored"
      actions={
        <>
          <button type="button" class="btn pri" onClick={() => model.setLive(true)}>
            Open the newest page
          </button>
          <button type="button" class="btn" onClick={() => model.preferences.set({ panel: 'history' })}>
            Open history
          </button>
        </>
      }
    >
      {kept
        ? `The store keeps the newest ${kept} requests; raise maxRequests of the store to keep more.`
        : 'It was cleared, or newer ones took its place.'}
    </State>
  )
}

/** The chosen panel in whatever state it is: loading, failed, evicted, or drawn by its view. */
export function PanelArea({ model, state, host, copy }: { model: Model; state: DrawerState; host: Host; copy: Copy }) {
  const view = useSignal<{ id: string; view: PanelView<unknown> } | null>(null)
  const broken = useSignal<string | null>(null)
  const panel = toShownPanel(model.preferences.value.value.panel)
  useSignalEffect(() => {
    const id = toShownPanel(model.preferences.value.value.panel)
    broken.value = null
    loadView(id).then(
      (loaded) => {
        if (id !== toShownPanel(model.preferences.value.peek().panel)) return
        if (loaded.css) host.adopt(loaded.css)
        view.value = { id, view: loaded }
      },
      () => {
        broken.value = id
      },
    )
  })
  useEffect(
    () =>
      state.follow(() => {
        const shown = view.value
        return shown && shown.view.data !== false ? shown.id : null
      }),
    [state],
  )
  useEffect(() => {
    if (panel === 'history') void model.readOutside()
  }, [model, panel])
  const reading = model.readingOf(panel)
  const preferences = model.preferences.value.value
  const shown = view.value?.id === panel ? view.value.view : null
  const parsed = useMemo(() => parseFilter(reading.filter, shown?.fields ?? []), [reading.filter, shown])
  const panelHost = useMemo(
    (): PanelHost => ({
      config: model.config.value,
      editorUrl: preferences.editor ?? model.config.value?.editorUrl ?? '',
      openPanel: (id, selected) => {
        if (selected !== undefined) model.setReading(id, { selected, filter: '' })
        model.preferences.set({ panel: id })
      },
      openRequest: (id) => model.select(id),
      currentId: model.currentId.value,
      toast: state.say,
      copy,
      filter: reading.filter,
      parsed,
      setFilter: (filter) => model.setReading(panel, { filter }),
      selected: reading.selected,
      select: (selected) => model.setReading(panel, { selected }),
      setScrolled: (scrolled) => model.setReading(panel, { scrolled }),
      split: preferences.split,
      setSplit: (split) => model.preferences.set({ split }),
      option: (name) => String(preferences[name]),
      setOption: (name, value) => model.preferences.set({ [name]: name === 'sqlSort' ? value : value === 'true' }),
      entryDetail: (entry) => model.client.entry(model.currentId.peek() ?? '', entry),
      explain: (entry, analyze) => model.client.explain(model.currentId.peek() ?? '', entry, analyze),
      run: (entry) => model.client.run(model.currentId.peek() ?? '', entry),
      ignored: model.ignored.value,
      setIgnored: model.setIgnored,
      outside: model.history.outside,
      requests: model.history.list,
      loadMore: model.history.next.value === null ? null : model.history.more,
      search: async (text) => {
        const found = await model.client.requests({ limit: 100, q: text })
        model.history.add(found.requests)
        return found.requests.map(({ id }) => id)
      },
      clear: () => model.client.clear(),
    }),
    [
      model,
      state,
      copy,
      panel,
      reading,
      parsed,
      preferences,
      model.ignored.value,
      model.currentId.value,
      model.config.value,
      model.history.next.value,
    ],
  )

  const id = model.currentId.value
  const record = model.current.value
  const failure = id === null ? undefined : model.history.failures.value.get(id)
  const { key, data, error, at } = state.resource.value
  const lost = model.connection.value === 'lost'
  const alone = shown?.data === false

  const body = (): ComponentChildren => {
    if (broken.value === panel)
      return (
        <State icon={allIcons.off} title="This panel could not be loaded">
          The app was rebuilt or restarted. Reload the page.
        </State>
      )
    if (!shown) return <Loading />
    if (panel === SETTINGS) return <shown.View data={model} request={record as never} findings={[]} ofPage={false} />
    if (alone) return <shown.View data={undefined} request={record as never} findings={[]} ofPage={false} />
    if (id === null)
      return lost ? (
        <Unreachable error={null} model={model} copy={copy} />
      ) : (
        <State icon={allIcons.history} title="No requests yet">
          Open a page of the app, or send it a request: it appears here.
        </State>
      )
    const problem = key === `${id}/${panel}` ? error : null
    if (data === undefined || key !== `${id}/${panel}`) {
      if (failure?.status === 404 || (problem?.status === 404 && !record)) return <Evicted model={model} />
      if (problem?.status === 0 || (lost && !record)) return <Unreachable error={problem ?? failure ?? null} model={model} copy={copy} />
      if (problem)
        return (
          <State
            icon={allIcons.alert}
            title="This panel has no data"
            actions={
              <button type="button" class="btn" onClick={state.retry}>
                Try again
              </button>
            }
          >
            {problem.message}
          </State>
        )
    }
    if (data === undefined || key !== `${id}/${panel}` || !record) return <Loading />
    return (
      <Boundary key={`${id}/${panel}`} copy={copy}>
        <shown.View
          key={`${id}/${panel}`}
          data={data}
          request={record}
          findings={model.findingsOf(id) ?? []}
          ofPage={id === model.page.value}
        />
      </Boundary>
    )
  }
  return (
    <PanelContext.Provider value={panelHost}>
      <div class="panel" role="tabpanel" id="panel" aria-labelledby={`tab-${panel}`}>
        <h2 class="sr">
          {toNavigation(model.config.value)
            .flat()
            .find(({ id }) => id === panel)?.title ?? panel}
        </h2>
        {lost && at > 0 && !alone && (
          <div class="banner err" role="alert">
            <Icon path={allIcons.off} />
            <div class="tx">
              <span class="b">Connection to the app lost.</span>{' '}
              <span class="m2">Showing what was loaded at {formatClock(at)}. Trying again every 2 s.</span>
            </div>
            <button type="button" class="btn sm" onClick={() => model.retry()}>
              Try now
            </button>
          </div>
        )}
        {body()}
      </div>
    </PanelContext.Provider>
  )
}
