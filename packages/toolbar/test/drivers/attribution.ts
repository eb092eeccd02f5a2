import { type EntryList, memoryStore, type SqlData } from 'debug-toolbar'
import express from 'express'
import { describe, expect, it } from 'vitest'
import { serve, sleep } from '../harness.ts'
import { ways } from './databases.ts'

/** @param requests each has a record that is read for itself: that is what takes time */
export async function attributesAll(requests: number): Promise<void> {
  for (const way of ways) {
    describe.skipIf(!(await way.available()))(`${requests} concurrent requests over a pool of two, ${way.name}`, () => {
      it('puts every statement under the request that asked, or in the list outside of requests, and misses none', {
        timeout: 60_000,
      }, async () => {
        const database = await way.open()
        const app = await serve({ watch: [database.instance], store: memoryStore({ maxRequests: requests + 10 }) }, (toolbar) => {
          const server = express()
          server.use(toolbar)
          server.get('/:marker', (req, res, next) => {
            const marker = Number(req.params.marker)
            const ask = async () => {
              const first = await database.ask(marker, marker % database.ways)
              await sleep(marker % 7)
              const second = await database.ask(marker, (marker + 1) % database.ways)
              // nobody waits for this one: the response is over, and the record sealed by then
              if (marker % 50 === 0) setTimeout(() => void database.ask(marker, 0), 300)
              res.json([first, second])
            }
            ask().catch(next)
          })
          return server
        })
        try {
          // work of nobody, all the while
          const jobs = (async () => {
            let asked = 0
            for (; asked < 50; asked++) {
              await database.ask(-1, asked % database.ways)
              await sleep(2)
            }
            return asked
          })()
          const answers = await Promise.all(
            Array.from({ length: requests }, async (_, at) => ((await (await app.get(`/${at + 1}`)).json()) as number[]).concat(at + 1)),
          )
          expect(answers.filter(([first, second, own]) => first !== own || second !== own)).toEqual([])
          const jobCount = await jobs
          await sleep(400)
          let recorded = 0
          const wrong: string[] = []
          const { requests: summaries } = await app.api('requests?limit=1000')
          expect(summaries).toHaveLength(requests)
          for (const summary of summaries) {
            const queries = (await app.entries<SqlData>(summary.id, 'sql')).filter(({ data }) => data.kind === 'query')
            for (const { data } of queries)
              if (Number(data.params[0]) !== Number(summary.path.slice(1))) wrong.push(`${summary.path}: ${String(data.params[0])}`)
            if (queries.length !== 2) wrong.push(`${summary.path}: ${queries.length} queries`)
            recorded += queries.length
          }
          expect(wrong).toEqual([])
          const outside = (await app.api<EntryList>('requests/outside/entries')).entries as { data: SqlData }[]
          const marked = outside.filter(({ data }) => data.kind === 'query' && data.sql.includes('/* marked */'))
          const late = marked.filter(({ data }) => data.after !== null)
          expect(marked.length - late.length).toBe(jobCount)
          expect(late.map(({ data }) => summaries.find(({ id }) => id === data.after)?.path).sort()).toEqual(
            late.map(({ data }) => `/${String(data.params[0])}`).sort(),
          )
          expect(late).toHaveLength(requests / 50)
          expect(recorded + marked.length).toBe(await database.logged())
        } finally {
          await app.close()
          await database.close()
        }
      })
    })
  }
}
