import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reachable, serviceUrl } from '../../../scripts/services.mjs'
import { applyChange, openWatchedShop } from './findings.js'

/** What each page of "Things that go wrong" must give, and nothing else. */
const bad = {
  'n-plus-one': ['n-plus-one'],
  'thousand-queries': ['n-plus-one'],
  'duplicate-queries': ['duplicate-query'],
  'sequential-awaits': ['sequential-awaits'],
  'select-star': ['select-star'],
  'count-by-loading': ['count-by-loading'],
  'exists-by-loading': ['exists-by-loading'],
  unpaginated: ['unbounded-select'],
  'long-transaction': ['long-transaction'],
  'pool-waiting': ['n-plus-one', 'pool-starved'],
}
/** Judged by time: how long they take is for the machine to say. `missing-index` has tests of its own. */
const timed = ['slow-query', 'missing-index']
const found = ({ findings }) => findings.map(({ rule }) => rule).filter((rule) => !timed.includes(rule))

const databases = [
  { name: 'SQLite', available: true, url: () => ownFile() },
  { name: 'PostgreSQL', available: await reachable('pg'), url: () => ownDatabase() },
]

async function ownFile() {
  const folder = await mkdtemp(join(tmpdir(), 'shop-'))
  return { url: `sqlite:${join(folder, 'shop.sqlite')}`, drop: () => rm(folder, { recursive: true, force: true }) }
}

/** The shop has tables of common names: it gets a database of its own. */
async function ownDatabase() {
  const { default: knex } = await import('knex')
  const name = `rules_shop_${process.pid}`
  const server = knex({ client: 'pg', connection: serviceUrl('pg') })
  await server.raw(`drop database if exists ${name}`)
  await server.raw(`create database ${name}`)
  const url = new URL(serviceUrl('pg'))
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: async () => {
      await server.raw(`drop database if exists ${name} with (force)`)
      await server.destroy()
    },
  }
}

/** What takes long is seen on one database with every change, and on all of them by `npm run test:full`. */
const whole = (database) => database === databases[0] || process.env.FULL === '1'

for (const database of databases)
  describe.skipIf(!database.available)(`the rules on ${database.name}`, () => {
    let shop
    let own
    beforeAll(async () => {
      own = await database.url()
      shop = await openWatchedShop(own.url)
    }, 60_000)
    afterAll(async () => {
      await shop.close()
      await own.drop()
    })

    test.each(Object.entries(bad))('/wrong/%s gives exactly its findings, its fixed twin none', async (path, rules) => {
      const wrong = await shop.visit(`/wrong/${path}`)
      expect(found(wrong)).toEqual(rules)
      for (const finding of wrong.findings.filter(({ rule }) => rules.includes(rule))) {
        expect(finding.site.inferred).toBeUndefined()
        expect(finding.site.file).toMatch(/routes\/wrong\/\w+\.js$/)
        expect(finding.evidence).toMatch(/\d/)
        expect(finding.source.line).toBe(finding.site.line)
        expect(finding.entries.length).toBeGreaterThan(0)
      }
      expect(found(await shop.visit(`/wrong/${path}/fixed`))).toEqual([])
      const again = await shop.visit(`/wrong/${path}`)
      const keys = ({ findings }) => findings.filter(({ rule }) => rules.includes(rule)).map(({ key }) => key)
      expect(keys(again)).toEqual(keys(wrong))
    })

    test('a slow query is found where it is slow', async () => {
      const { findings, request } = await shop.visit('/wrong/slow-query')
      if (request.times.sql > 150) expect(findings.map(({ rule }) => rule)).toContain('slow-query')
      expect(found(await shop.visit('/wrong/slow-query/fixed'))).toEqual([])
    })

    test('the change of the N+1 finding, pasted into the page, gives the same HTML with 2 queries', { timeout: 60_000 }, async () => {
      const results = await pasted(shop, own.url, ['/wrong/n-plus-one'])
      expect(results).toEqual([{ path: '/wrong/n-plus-one', before: 51, after: 2, same: true, findings: [] }])
    })

    if (!whole(database)) return

    test('all other pages of the chapter give none', { timeout: 60_000 }, async () => {
      const { html } = await shop.visit('/wrong')
      const links = [...html.matchAll(/href="([^"]+)" data-status/g)].map(([, href]) => href)
      const others = links.filter(
        (href) => !Object.keys(bad).some((id) => href === `/wrong/${id}`) && !timed.some((id) => href === `/wrong/${id}`),
      )
      expect(others.length).toBeGreaterThan(30)
      const alarms = []
      for (const href of others) {
        const visited = await shop.visit(href)
        for (const { rule, title } of visited.findings) if (!timed.includes(rule)) alarms.push(`${href}: ${title}`)
      }
      expect(alarms).toEqual([])
    })

    test('ordinary pages give none', { timeout: 60_000 }, async () => {
      const alarms = []
      const see = async (path, options) => {
        const visited = await shop.visit(path, options)
        expect(visited.status, path).toBeLessThan(400)
        for (const { rule, title, evidence } of visited.findings) if (!timed.includes(rule)) alarms.push(`${path}: ${title}. ${evidence}`)
        return visited
      }
      const post = (path, fields, headers) => see(path, { method: 'POST', body: new URLSearchParams(fields), headers })
      const author = /href="(\/authors\/[^"]+)"/.exec((await see('/authors')).html)[1]
      for (const path of [
        ...[
          '/',
          '/books',
          '/books?page=3',
          '/books?category=novels&price=low',
          '/used',
          '/books/5',
          '/books/7?reviews=2',
          '/search?q=sea',
          author,
        ],
        ...['/authors?page=2', '/events', '/about', '/explore', '/cart', '/sell', '/sign-in'],
        ...['/api/categories', '/api/books', '/api/books?q=night', '/api/books/5', '/api/books/5/reviews'],
      ])
        if (path !== '/books?category=novels&price=low') await see(path)
      const signedIn = await post('/sign-in', { email: 'yael@example.com', password: 'paper-boat' })
      const cookie = signedIn.headers.get('set-cookie').split(';')[0]
      for (const bookId of ['1', '4', '9', '12', '15', '20', '21']) await post('/cart', { bookId }, { cookie })
      await see('/cart', { headers: { cookie } })
      const placed = await post('/cart/checkout', {}, { cookie })
      await see(placed.headers.get('location'), { headers: { cookie } })
      await see('/account', { headers: { cookie } })
      await post('/books/4/reviews', { title: 'Fine', body: 'Read it in one night.', rating: '5' }, { cookie })
      await post('/sell', { title: 'Old maps', email: 'a@example.com' })
      await see('/api/quotes', { method: 'POST', body: '{"bookIds":[1,2,3]}', headers: { 'content-type': 'application/json' } })
      expect(alarms).toEqual([])
    })

    test('the other changes of lines give the same pages too', { timeout: 60_000 }, async () => {
      const paths = ['thousand-queries', 'duplicate-queries', 'count-by-loading', 'exists-by-loading', 'sequential-awaits'].map(
        (id) => `/wrong/${id}`,
      )
      expect(await pasted(shop, own.url, paths)).toEqual([
        { path: '/wrong/thousand-queries', before: 1000, after: 1, same: true, findings: [] },
        { path: '/wrong/duplicate-queries', before: 13, after: 2, same: true, findings: [] },
        { path: '/wrong/count-by-loading', before: 1, after: 1, same: true, findings: [] },
        { path: '/wrong/exists-by-loading', before: 1, after: 1, same: true, findings: [] },
        { path: '/wrong/sequential-awaits', before: 4, after: 4, same: true, findings: [] },
      ])
    })
  })

/** Each page before, and after its finding's change was made in a copy of the shop. */
async function pasted(shop, databaseUrl, paths) {
  const demo = fileURLToPath(new URL('..', import.meta.url))
  const results = []
  for (const path of paths) {
    const before = await shop.visit(path)
    const { change } = before.findings.find(({ rule }) => !timed.includes(rule))
    const copy = await mkdtemp(join(demo, 'test', '.pasted-'))
    let changed
    try {
      await cp(join(demo, 'src'), join(copy, 'src'), { recursive: true })
      const file = join(copy, change.file.slice(demo.length))
      await writeFile(file, applyChange(await readFile(file, 'utf8'), change))
      changed = await openWatchedShop(databaseUrl, join(copy, 'src/app.js'))
      const after = await changed.visit(path)
      results.push({
        path,
        before: before.queries,
        after: after.queries,
        same: page(after) === page(before),
        findings: found(after),
      })
    } finally {
      await changed?.close()
      await rm(copy, { recursive: true, force: true })
    }
  }
  return results
}

/** Without the toolbar's script, whose address names the request, and without the code of the handler, which the page shows. */
const page = ({ html }) => html.replace(/<script type="module"[^>]*><\/script>/g, '').replace(/<pre[^>]*>.*?<\/pre>/gs, '')
