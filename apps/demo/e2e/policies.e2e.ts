import { expect, type Page, test } from '@playwright/test'
import { selfSigned } from '../../../packages/toolbar/test/gate/certificate.ts'
import { Complaints } from './fixtures.ts'
import { type AppPage, PagesApp } from './pages.ts'
import { added, page as pageOf, policies } from './policies.ts'
import { Toolbar } from './toolbar.ts'

/** T73: in a browser, under each policy, the toolbar works and costs no violation; what the page could not do it still cannot. */

const own: AppPage = { headers: [['Content-Type', 'text/javascript']], html: "document.title += ' self'" }
const pages = {
  '/own.js': own,
  ...Object.fromEntries(Object.entries(policies).map(([name, headers]) => [`/${name}`, pageOf(headers)])),
}

interface Visit {
  /** scripts of the page that ran */
  ran: string
  /** what the browser complained about, without the policy that it quotes */
  complaints: string[]
  policy: string | undefined
  reportOnly: string | undefined
  html: string
}

/** One page in one tab, and everything that the browser says of it. */
async function visit(page: Page, complaints: Complaints, url: string, look: (() => Promise<void>) | null): Promise<Visit> {
  const before = complaints.seen.length
  const response = await page.goto(url)
  await look?.()
  await page.locator('p').first().dispatchEvent('click')
  const headers = response?.headers() ?? {}
  const ran = await page.title()
  return {
    ran,
    complaints: complaints.seen
      .slice(before)
      .map((text) => (text.startsWith('console') ? text.replace(/: .*/s, '') : text))
      .sort(),
    // two headers are told as two lines
    policy: headers['content-security-policy']?.replaceAll('\n', ', '),
    reportOnly: headers['content-security-policy-report-only'],
    html: (await response?.text()) ?? '',
  }
}

async function watch(page: Page): Promise<Complaints> {
  const complaints = new Complaints()
  await complaints.watch(page)
  await new Toolbar(page).prefer({ open: true, panel: 'headers' })
  return complaints
}

/** The open panel is there, and the stream speaks. */
async function expectWorking(page: Page, stream: Promise<unknown>): Promise<void> {
  await new Toolbar(page).settled('headers')
  await stream
}

const streamOf = (page: Page): Promise<unknown> => page.waitForResponse((response) => response.url().endsWith('/stream') && response.ok())
const nonces = (policy = ''): string[] => [...policy.matchAll(/'nonce-([^']+)'/gi)].map(([, nonce]) => nonce as string)

test('T73 T74 under every policy the toolbar works without a violation, and the page is as free as before', async ({ page }) => {
  const app = await PagesApp.start({ pages })
  try {
    const complaints = await watch(page)
    for (const name of Object.keys(policies))
      await test.step(name, async () => {
        const bare = await visit(page, complaints, `${app.url}/bare/${name}`, null)
        const sandboxed = name === 'sandbox-scripts'
        const stream = sandboxed ? Promise.resolve() : streamOf(page)
        const ours = await visit(page, complaints, `${app.url}/${name}`, sandboxed ? null : () => expectWorking(page, stream))
        expect.soft([ours.ran, ours.reportOnly], name).toEqual([bare.ran, bare.reportOnly])
        expect.soft(ours.complaints, name).toEqual(bare.complaints)
        expect.soft(ours.html.includes('data-debug-toolbar'), name).toBe(!sandboxed)
        const sources = added(bare.policy, ours.policy, `localhost:${app.port}/__debug__/`)
        expect.soft(new Set(sources.filter((source) => source.startsWith("'"))).size, `nonces added for ${name}`).toBeLessThanOrEqual(1)
        const id = /data-debug-toolbar="([^"]+)"/.exec(ours.html)?.[1]
        if (id === undefined) return
        const record = await (await fetch(`${app.url}/__debug__/api/requests/${id}/panels/headers`)).text()
        for (const nonce of nonces(ours.policy)) expect.soft(record, `the nonce of ${name}`).not.toContain(`nonce-${nonce}`)
        expect.soft(record).toContain(nonces(ours.policy).length > 0 ? 'nonce-' : '')
      })
  } finally {
    await app.stop()
  }
})
