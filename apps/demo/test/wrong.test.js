import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShop } from './shop.js'

let shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const listOf = (html) => /<div class="shelf">.*<\/main>/s.exec(html)[0]

describe('things that go wrong', () => {
  test('the N+1 page takes exactly 51 queries, also for a customer with a full cart', async () => {
    const signedIn = await shop.visit('/sign-in', {
      method: 'POST',
      body: new URLSearchParams({ email: 'yael@example.com', password: 'paper-boat' }),
    })
    const cookie = signedIn.headers.get('set-cookie').split(';')[0]
    await shop.visit('/cart', { method: 'POST', body: new URLSearchParams({ bookId: '4' }), headers: { cookie } })
    const { text, queries } = await shop.visit('/wrong/n-plus-one', { headers: { cookie } })
    expect(text).toContain('Cart (1)')
    expect(queries).toHaveLength(51)
    expect(new Set(queries).size).toBe(2)
  })

  test.each([
    ['n-plus-one', 51, 2],
    ['thousand-queries', 1000, 1],
    ['duplicate-queries', 13, 2],
    ['sequential-awaits', 4, 4],
    ['pool-waiting', 20, 1],
  ])('%s takes %i queries, its fixed twin %i', async (id, wrong, fixed) => {
    expect((await shop.visit(`/wrong/${id}`)).queries).toHaveLength(wrong)
    expect((await shop.visit(`/wrong/${id}/fixed`)).queries).toHaveLength(fixed)
  })

  test.each(['n-plus-one', 'duplicate-queries'])('%s and its fixed twin show the same list', async (id) => {
    const wrong = await shop.visit(`/wrong/${id}`)
    const fixed = await shop.visit(`/wrong/${id}/fixed`)
    expect(wrong.text.match(/<article class="book">/g).length).toBeGreaterThan(10)
    expect(listOf(fixed.text)).toBe(listOf(wrong.text))
  })

  test.each([
    ...['thousand-queries', 'sequential-awaits', 'select-star', 'count-by-loading', 'exists-by-loading'],
    ...['missing-index', 'slow-query', 'slow-template', 'pool-waiting', 'long-transaction'],
  ])('%s and its fixed twin give the same answer', async (id) => {
    const answer = ({ text }) => /<\/details>.*<\/main>/s.exec(text)[0]
    expect(answer(await shop.visit(`/wrong/${id}/fixed`))).toBe(answer(await shop.visit(`/wrong/${id}`)))
  })

  test('every link of the index answers with the status it promises', { timeout: 30_000 }, async () => {
    const { text } = await shop.visit('/wrong')
    const links = [...text.matchAll(/href="([^"]+)" data-status="(\d+)"/g)].map(([, href, status]) => [href, Number(status)])
    expect(links.length).toBeGreaterThan(40)
    const answers = []
    for (const [href] of links) answers.push([href, (await shop.visit(href)).status])
    expect(answers).toEqual(links)
  })

  test('an unhandled error is answered by Express itself, a handled one by the shop', async () => {
    expect((await shop.visit('/wrong/unhandled-error/now')).text).not.toContain('Harbour')
    expect((await shop.visit('/wrong/handled-error/now')).text).toContain('Harbour')
  })

  test('the download comes whole or in ranges', async () => {
    const whole = await shop.visit('/wrong/download/stock.csv')
    expect(whole.headers.get('content-disposition')).toContain('attachment')
    const part = await shop.visit('/wrong/download/stock.csv', { headers: { range: 'bytes=5-9' } })
    expect([part.status, part.text]).toEqual([206, whole.text.slice(5, 10)])
  })

  test('titles are escaped', async () => {
    const { text } = await shop.visit('/search?q=thriller')
    expect(text).toContain('&lt;script&gt;')
    expect(text).not.toContain('<script>alert')
  })
})
