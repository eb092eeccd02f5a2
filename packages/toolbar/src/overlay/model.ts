import { batch, computed, signal } from '@preact/signals'
import type { Faults, Finding, OverlayConfig, RequestSummary } from '../contract/types.ts'
import { type Client, OUTSIDE } from './client.ts'
import { countNewer, type Reading, toFollow } from './follow.ts'
import { createHistory, withoutGone } from './history.ts'
import { observePageRequests, withRedirects } from './page-requests.ts'
import { MAX_IGNORED, type PreferenceStore } from './preferences.ts'
import { readChosen, writeChosen } from './session.ts'
import { openStream } from './stream.ts'

const untouched: Reading = { filter: '', selected: null, scrolled: false }

/** All state of the overlay, and everything that can be done to it. Components read signals and call actions. */
export function createModel(client: Client, preferences: PreferenceStore, pageId: string | null) {
  const history = createHistory(client)
  const config = signal<OverlayConfig | null>(null)
  const page = signal(pageId)
  // a page that was just opened shows itself: what was being read before would pass for its figures
  const chosen = pageId === null ? readChosen() : null
  const currentId = signal<string | null>(chosen ?? pageId)
  const live = signal(chosen === null)
  const opened = signal(pageId === null || preferences.value.peek().open)
  const hidden = signal(false)
  const connection = signal<'connecting' | 'open' | 'lost'>('connecting')
  const lostAt = signal(0)
  const faults = signal<Faults>({ failures: 0, off: [] })
  const readings = signal<Readonly<Record<string, Reading>>>({})
  const observed = pageId === null ? signal<ReadonlySet<string>>(new Set()) : observePageRequests()

  const pageRecord = computed(() => history.find(page.value))
  const pageIds = computed(() => withRedirects(observed.value, pageRecord.value, history.find))
  const current = computed(() => history.find(currentId.value))
  const ignored = computed<ReadonlySet<string>>(() => new Set(preferences.value.value.ignored))
  /** what was found about a record, without what is ignored; `null` as long as nobody asked the server */
  const findingsOf = (id: string | null): Finding[] | null =>
    history.details.value.get(id ?? '')?.findings.filter(({ key }) => !ignored.value.has(key)) ?? null
  const newer = computed(() => countNewer(history.list.value, current.value))
  const readingOf = (panel: string): Reading => readings.value[panel] ?? untouched

  const show = (id: string | null): void => {
    if (id === currentId.peek()) return
    batch(() => {
      currentId.value = id
      // filters stay, so that two requests can be compared; places in a list do not
      readings.value = Object.fromEntries(Object.entries(readings.peek()).map(([panel, { filter }]) => [panel, { ...untouched, filter }]))
    })
    if (id !== null && !history.details.peek().has(id)) void history.load(id)
  }
  const newestPage = (): RequestSummary | undefined => history.list.peek().find((request) => request.type === 'document')
  const setLive = (on: boolean): void => {
    live.value = on
    if (on) show(newestPage()?.id ?? currentId.peek())
    writeChosen(on ? null : currentId.peek())
  }
  const arrive = (requests: RequestSummary[]): void => {
    batch(() => {
      history.add(requests)
      for (const request of requests) {
        if (currentId.peek() === null && request.type === 'document') show(request.id)
        else if (
          opened.peek() &&
          toFollow(request, current.peek(), live.peek(), readings.peek()[preferences.value.peek().panel] ?? untouched)
        )
          show(request.id)
        if (request.id === currentId.peek() || request.id === page.peek()) void history.load(request.id)
      }
    })
  }

  // many events may come within one frame; the screen needs one update
  let queue: RequestSummary[] = []
  const enqueue = (request: RequestSummary): void => {
    if (queue.length === 0)
      requestAnimationFrame(() => {
        const arrived = queue
        queue = []
        arrive(arrived)
      })
    queue.push(request)
  }

  const start = async (): Promise<void> => {
    const first = currentId.peek() ?? page.peek()
    const loads = [history.refresh(), client.config().then((value) => (config.value = value))]
    for (const id of new Set([first, page.peek()])) if (id !== null) loads.push(history.load(id))
    await Promise.allSettled(loads)
    if (currentId.peek() === null) show((newestPage() ?? history.list.peek()[0])?.id ?? null)
  }

  /** What came or ended between the answer of the list and the stream was told to nobody. */
  const catchUp = (seq: number): void => {
    const [newest] = history.list.peek()
    if ((newest?.seq ?? 0) < seq || history.list.peek().some(({ state }) => state === 'running')) void history.refresh()
  }

  const stream = openStream(client, {
    hello: (event, first) => {
      connection.value = 'open'
      history.counts.value = event.counts
      faults.value = event.faults
      if (first) void started.then(() => catchUp(event.seq))
      else void start()
    },
    request: enqueue,
    cleared: () => history.forget(),
    gone: ({ ids }) => {
      queue = withoutGone(queue, ids)
      history.drop(ids)
    },
    faults: (event) => {
      faults.value = event
    },
    lost: () => {
      if (connection.peek() === 'open') lostAt.value = Date.now()
      connection.value = 'lost'
    },
  })
  const started = start()

  return {
    /** somebody opened or closed the drawer, so the focus goes along; a drawer that was open already leaves it to the page */
    refocus: false,
    /** where the focus goes when the drawer closes: what had it on the page, or the item of the bar that opened it */
    returnTo: null as Element | string | null,
    client,
    preferences,
    history,
    config,
    page,
    pageRecord,
    pageIds,
    /** whether this is the page at the toolbar's own address, which the drawer fills */
    standalone: pageId === null,
    currentId,
    current,
    live,
    newer,
    ignored,
    findingsOf,
    opened,
    hidden,
    connection,
    lostAt,
    /** what failed inside of the toolbar */
    faults,
    readingOf,
    setReading: (panel: string, change: Partial<Reading>): void => {
      readings.value = { ...readings.peek(), [panel]: { ...(readings.peek()[panel] ?? untouched), ...change } }
    },
    /** shows a record because somebody asked for it; one that is not the newest page ends Live */
    select: (id: string): void => {
      show(id)
      if (id !== newestPage()?.id) live.value = false
      writeChosen(live.peek() ? null : id)
    },
    setLive,
    setIgnored: (key: string, on: boolean): void => {
      const others = preferences.value.peek().ignored.filter((other) => other !== key)
      preferences.set({ ignored: on ? [...others, key].slice(-MAX_IGNORED) : others })
    },
    /** reads what ran outside of requests; it is no part of the history and no event tells of it */
    readOutside: (): Promise<void> => history.load(OUTSIDE),
    /** one record older (1) or newer (-1) */
    step: (direction: 1 | -1): RequestSummary | null => {
      const list = history.list.peek()
      return list[list.findIndex((request) => request.id === currentId.peek()) + direction] ?? null
    },
    open(panel?: string): void {
      this.refocus = true
      batch(() => {
        opened.value = true
        hidden.value = false
        preferences.set(panel === undefined ? { open: true } : { open: true, panel })
      })
    },
    close(): void {
      this.refocus = true
      opened.value = false
      preferences.set({ open: false })
    },
    retry: (): Promise<void> => {
      stream.retry()
      return start()
    },
    /** the page became another one without a reload */
    turnTo: (id: string): void => {
      page.value = id
      void history.load(id)
      if (live.peek()) show(id)
    },
    end: (): void => stream.end(),
  }
}

export type Model = ReturnType<typeof createModel>
