import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { selfSigned } from '../../../packages/toolbar/test/gate/certificate.ts'
import { Complaints } from './fixtures.ts'
import { type AppPage, PagesApp } from './pages.ts'
import { added, page as pageOf, policies } from './policies.ts'
import { Toolbar } from './toolbar.ts'

/** T73: under each policy the toolbar works in a browser and costs no violation; what the page could not do, it still cannot. */

const own: AppPage = { headers: [['Content-Type', 'text/javascript']], html: "document.title += ' self'" }
const meta = (policy: string): AppPage => pageOf([], `<meta http-equiv="Content-Security-Policy" content="${policy}">`)
const pages: Record<string, AppPage> = {
  '/own.js': own,
  '/meta-fine': meta("script-src 'self'; connect-src 'self'"),
  '/meta-script': meta("script-src 'nonce-abc'"),
  '/meta-connect': meta("connect-src 'none'"),
  ...Object.fromEntries(Object.entries(policies).map(([name, headers]) => [`/${name}`, pageOf(headers)])),
}

interface Visit {
  /** scripts of the page that ran */
  ran: string
  /** what the browser complained about, without the policy that it quotes */
  complaints: string[]
  headers: Record<string, string>
  html: string
}

/** A tab, and everything that the browser says of the pages in it. */
class Tab {
  readonly page: Page
  readonly #complaints = new Complaints()

  private constructor(page: Page) {
    this.page = page
  }

  static async open(context: BrowserContext): Promise<Tab> {
    const tab = new Tab(await context.newPage())
    await tab.#complaints.watch(tab.page)
    await new Toolbar(tab.page).prefer({ open: true, panel: 'headers' })
    return tab
  }

  async visit(url: string, look?: () => Promise<unknown>): Promise<Visit> {
    const before = this.#complaints.seen.length
    const response = await this.page.goto(url)
    await look?.()
    await this.page.locator('p').first().dispatchEvent('click')
    // what the browser has to say comes before the answer to what it is asked last
    const ran = await this.page.title()
    const complaints = this.#complaints.seen.slice(before).map((text) => (text.startsWith('console') ? text.replace(/: .*/s, '') : text))
    return { ran, complaints: complaints.sort(), headers: response?.headers() ?? {}, html: (await response?.text()) ?? '' }
  }

  /** The same with the toolbar at work: a panel is open, and the stream speaks. */
  visitWorking(url: string): Promise<Visit> {
    const stream = this.page.waitForResponse((response) => response.url().endsWith('/stream') && response.ok())
    return this.visit(url, async () => {
      await this.page.locator('debug-toolbar #panel [data-key], debug-toolbar #panel dl').first().waitFor()
      await stream
    })
  }
}

// two headers are told as two lines
const policyOf = ({ headers }: Visit): string | undefined => headers['content-security-policy']?.replaceAll('\n', ', ')
const hasScript = ({ html }: Visit): boolean => html.includes('data-debug-toolbar')

async function expectNoNonce(app: PagesApp, { html }: Visit, policy = ''): Promise<void> {
  const nonces = [...policy.matchAll(/'nonce-([^']+)'/gi)].map(([, nonce]) => nonce as string)
  const id = /data-debug-toolbar="([^"]+)"/.exec(html)?.[1]
  const record = await (await fetch(`${app.url}/__debug__/api/requests/${id}/panels/headers`)).text()
  if (nonces.length > 0) expect.soft(record, 'masked').toContain("'nonce-")
  for (const nonce of nonces) expect.soft(record).not.toMatch(new RegExp(`nonce-${nonce}`, 'i'))
}

async function tryPolicies(app: PagesApp, tab: Tab, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const bare = await tab.visit(`${app.url}/bare/${name}`)
    const sandboxed = name === 'sandbox-scripts'
    const ours = await (sandboxed ? tab.visit(`${app.url}/${name}`) : tab.visitWorking(`${app.url}/${name}`))
    expect.soft(ours.ran, `what runs under ${name}`).toBe(bare.ran)
    expect.soft(ours.complaints, `complaints under ${name}`).toEqual(bare.complaints)
    expect.soft(hasScript(ours), name).toBe(!sandboxed)
    const reported = 'content-security-policy-report-only'
    expect.soft(ours.headers[reported], name).toBe(bare.headers[reported])
    const policy = policyOf(ours)
    const sources = added(policyOf(bare), policy, `localhost:${app.port}/__debug__/`)
    const nonces = new Set(sources.filter((source) => source.startsWith("'nonce-")))
    expect.soft(nonces.size, `nonces for ${name}`).toBeLessThanOrEqual(1)
    if (!sandboxed) await expectNoNonce(app, ours, policy)
  }
}

test('T73 T74 under every policy the toolbar works without a violation, and the page is as free as before', async ({ context }) => {
  const app = await PagesApp.start({ pages })
  try {
    const names = Object.keys(policies)
    const share = Math.ceil(names.length / 3)
    const tabs = await Promise.all([Tab.open(context), Tab.open(context), Tab.open(context)])
    await Promise.all(tabs.map((tab, index) => tryPolicies(app, tab, names.slice(index * share, (index + 1) * share))))
    const [tab] = tabs
    // a policy in the page itself cannot be changed: it may cost the browser's one complaint of the first thing refused
    for (const [name, most] of [
      ['meta-fine', 0],
      ['meta-script', 2],
      ['meta-connect', 3],
    ] as const) {
      const bare = await tab.visit(`${app.url}/bare/${name}`)
      const settle = () => new Promise((resolve) => setTimeout(resolve, 300))
      const ours = await (most === 0 ? tab.visitWorking(`${app.url}/${name}`) : tab.visit(`${app.url}/${name}`, settle))
      expect.soft(ours.ran, name).toBe(bare.ran)
      // one, as an event and a line on the console; of a fetch Chromium says it in two
      expect.soft(ours.complaints.length - bare.complaints.length, `${name}: ${ours.complaints}`).toBe(most)
      expect.soft(await tab.page.locator('debug-toolbar').count(), name).toBe(most === 0 ? 1 : 0)
    }
  } finally {
    await app.stop()
  }
})

test("T73 with csp: 'off' no policy is touched, and where it would refuse the toolbar there is none", async ({ context }) => {
  const app = await PagesApp.start({ pages, options: { csp: 'off' } })
  const navigation = { accept: 'text/html', 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none' }
  try {
    const carrying: string[] = []
    for (const name of Object.keys(policies)) {
      const [bare, ours] = await Promise.all(['/bare/', '/'].map((path) => fetch(app.url + path + name, { headers: navigation })))
      for (const header of ['content-security-policy', 'content-security-policy-report-only'])
        expect.soft(ours?.headers.get(header), name).toBe(bare?.headers.get(header))
      if ((await ours?.text())?.includes('data-debug-toolbar')) carrying.push(name)
    }
    expect(carrying).toEqual([
      ...['none', 'self', 'nonce', 'nonce-strict-dynamic', 'nonce-reported', 'trusted-types', 'nothing-but-scripts'],
      ...['unsafe-inline-nonce', 'helmet-default', 'sandbox-whole'],
    ])
    const tab = await Tab.open(context)
    for (const name of ['script-none', 'connect-none', 'default-none']) {
      const [bare, ours] = [await tab.visit(`${app.url}/bare/${name}`), await tab.visit(`${app.url}/${name}`)]
      expect([ours.ran, ours.complaints]).toEqual([bare.ran, bare.complaints])
    }
  } finally {
    await app.stop()
  }
})

test.describe('over HTTP/2', () => {
  test.use({ ignoreHTTPSErrors: true })
  test('T73 a policy that would block the toolbar is given the authority that was asked', async ({ context }) => {
    const app = await PagesApp.start({ pages, certificate: selfSigned() })
    try {
      const tab = await Tab.open(context)
      const bare = await tab.visit(`${app.url}/bare/default-none`)
      const ours = await tab.visitWorking(`${app.url}/default-none`)
      const protocol = await tab.page.evaluate(
        () => (performance.getEntriesByType('navigation')[0] as PerformanceResourceTiming).nextHopProtocol,
      )
      expect(protocol).toBe('h2')
      expect(ours.complaints).toEqual(bare.complaints)
      expect(added(policyOf(bare), policyOf(ours), `localhost:${app.port}/__debug__/`)).toHaveLength(2)
    } finally {
      await app.stop()
    }
  })
})
