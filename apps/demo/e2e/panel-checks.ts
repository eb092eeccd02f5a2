import type { RequestDetail } from '../../../packages/toolbar/src/contract/types.ts'
import type { ExceptionsPanelData } from '../../../packages/toolbar/src/panels/exceptions/data.ts'
import type { FindingsPanelData } from '../../../packages/toolbar/src/panels/findings/data.ts'
import type { HeadersPanelData } from '../../../packages/toolbar/src/panels/headers/data.ts'
import type { LogsPanelData } from '../../../packages/toolbar/src/panels/logs/data.ts'
import type { RequestPanelData } from '../../../packages/toolbar/src/panels/request/data.ts'
import type { ResponsePanelData } from '../../../packages/toolbar/src/panels/response/data.ts'
import type { SignalsPanelData } from '../../../packages/toolbar/src/panels/signals/data.ts'
import type { SqlPanelWire } from '../../../packages/toolbar/src/panels/sql/data.ts'
import type { TemplatesPanelData } from '../../../packages/toolbar/src/panels/templates/data.ts'
import type { TimePanelData } from '../../../packages/toolbar/src/panels/time/data.ts'
import type { TimelinePanelData } from '../../../packages/toolbar/src/panels/timeline/data.ts'
import { formatBytes, formatClock, formatCount, formatMs } from '../../../packages/toolbar/src/ui/format.ts'
import type { Demo } from './demo.ts'
import { expect } from './fixtures.ts'
import type { Toolbar } from './toolbar.ts'

interface Seen {
  toolbar: Toolbar
  demo: Demo
  detail: RequestDetail
}

/** Figures and units stand apart on the screen. */
const spaceless = (text: string): string => text.replaceAll(/\s/g, '')

async function expectText({ toolbar }: Seen, ...texts: (string | null | undefined)[]): Promise<void> {
  await expect
    .poll(
      async () => {
        const shown = spaceless((await toolbar.panel.textContent()) ?? '')
        return texts.filter((text) => text && !shown.includes(spaceless(text)))
      },
      `texts missing in ${await toolbar.panel.getAttribute('aria-labelledby')}`,
    )
    .toEqual([])
}

const load = <Data>({ demo, detail }: Seen, panel: string): Promise<Data> => demo.panel<Data>(detail.request.id, panel)

/** What each panel must show of a request, by what the API says of it. */
export const panelChecks: Record<string, (seen: Seen) => Promise<void>> = {
  async timeline(seen) {
    const data = await load<TimelinePanelData>(seen, 'timeline')
    await expectText(
      seen,
      formatMs(data.requestMs),
      `CPU ${formatMs(data.cpuMs)}`,
      data.spine.sql > 0 ? `SQL ${formatMs(data.spine.sql)}` : null,
    )
    expect(data.rows.length).toBeGreaterThan(0)
    expect(await seen.toolbar.rows.count()).toBeGreaterThan(2)
  },
  async findings(seen) {
    const { findings, passed } = await load<FindingsPanelData>(seen, 'findings')
    if (findings.length === 0) return expectText(seen, 'No findings', ...passed.map(({ title }) => title))
    const [first] = findings
    await expectText(seen, ...findings.map(({ title }) => title), ...passed.map(({ title }) => title), first?.evidence, first?.fix)
    await expect(seen.toolbar.rows).toHaveCount(findings.length)
  },
  async sql(seen) {
    const data = await load<SqlPanelWire>(seen, 'sql')
    if (data.total === 0) return expectText(seen, 'No SQL in this request')
    await expectText(seen, `${formatCount(data.total)} ${data.total === 1 ? 'query' : 'queries'}`, formatMs(data.durationMs))
    const groups = new Set(data.columns.similar.filter((group) => group >= 0)).size
    await expect(seen.toolbar.grid).toHaveAttribute('aria-rowcount', String(1 + data.columns.text.length + groups))
  },
  async templates(seen) {
    const { renders, durationMs } = await load<TemplatesPanelData>(seen, 'templates')
    if (renders.length === 0) return expectText(seen, 'No template')
    await expectText(seen, `${renders.length} renders`, formatMs(durationMs), renders[0]?.name)
  },
  async signals(seen) {
    const { signals, quiet } = await load<SignalsPanelData>(seen, 'signals')
    await expectText(seen, `${signals.length} signal`, `${quiet.length} events listened for, not emitted in this request`)
    for (const { data } of signals) await expectText(seen, data.event, ...data.listeners.map(({ name }) => name))
    const listeners = signals.flatMap(({ data }) => data.listeners).length
    await expect(seen.toolbar.grid).toHaveAttribute('aria-rowcount', String(1 + signals.length + listeners))
  },
  async logs(seen) {
    const { lines } = await load<LogsPanelData>(seen, 'logs')
    if (lines.length === 0) return expectText(seen, 'No log lines in this request')
    await expectText(seen, `${lines.length} line`, ...lines.map(({ data }) => data.message))
  },
  async exceptions(seen) {
    const { exceptions } = await load<ExceptionsPanelData>(seen, 'exceptions')
    if (exceptions.length === 0) return expectText(seen, 'No exceptions in this request')
    const [first] = exceptions
    await expectText(seen, first?.name, first?.data.message, first?.data.raisedBy, first?.data.source?.lines.join('').slice(0, 30))
  },
  async request(seen) {
    const data = await load<RequestPanelData>(seen, 'request')
    await expectText(seen, data.method, data.url, data.route ?? 'no route matched', data.handler?.name, formatClock(data.startedAt))
    if (typeof data.body === 'object' && data.body !== null)
      await expectText(seen, ...Object.keys(data.body).filter((key) => /^\w+$/.test(key)))
  },
  async headers(seen) {
    const { request, response } = await load<HeadersPanelData>(seen, 'headers')
    await expectText(seen, `${request.length} in the request`, `${response.length} in the response`)
    await expectText(seen, ...[...request, ...response].flatMap(({ name, value, masked }) => [name, masked ? '•••• masked' : value]))
  },
  async response(seen) {
    const data = await load<ResponsePanelData>(seen, 'response')
    await expectText(seen, `${data.status} ${data.statusMessage}`, data.contentType, formatBytes(data.bytes))
    await expectText(seen, data.injected ? 'one script at the end of the page' : data.notInjected)
  },
  async time(seen) {
    const data = await load<TimePanelData>(seen, 'time')
    await expectText(seen, `${formatMs(data.wallMs)} wall`, `${formatMs(data.cpuUserMs + data.cpuSystemMs)} CPU`)
    expect(data.middleware.length).toBeGreaterThan(5)
    await expect(seen.toolbar.panel.locator('table').first().locator('tbody tr')).toHaveCount(data.middleware.length)
    await expectText(seen, ...data.middleware.map(({ name }) => name))
  },
  async history(seen) {
    const requests = await seen.demo.requests('limit=100')
    await expect(seen.toolbar.grid).toHaveAttribute('aria-rowcount', String(1 + requests.length))
    await expectText(seen, `All ${requests.length}`, `Failed ${requests.filter(({ status }) => (status ?? 0) >= 400).length}`)
  },
}

/** Opens every panel that the server has and holds it to what the API says. */
export async function checkEveryPanel(toolbar: Toolbar, demo: Demo, id: string): Promise<void> {
  const detail = await demo.record(id)
  expect(detail.panels.map((panel) => panel.id).sort()).toEqual(Object.keys(panelChecks).sort())
  for (const { id: panel, summary } of detail.panels) {
    await toolbar.openPanel(panel)
    if (summary !== '') await expect(toolbar.tab(panel)).toContainText(summary)
    await panelChecks[panel]?.({ toolbar, demo, detail })
  }
}
