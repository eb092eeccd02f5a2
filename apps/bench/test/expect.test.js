import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { configurations } from '../configurations.mjs'
import { prepareDatabase } from '../lib/data.mjs'
import { expectComplete, expectNothing, expectRecorded } from '../lib/expect.mjs'
import { startConfiguration } from '../lib/process.mjs'
import { routes } from '../routes.mjs'

const host = { databaseFile: prepareDatabase(), pgUrl: null, node: { binary: process.execPath, sqlite: null } }
const forgetful = { id: 'forgetful', file: new URL('forgetful.mjs', import.meta.url).href }
const named = (id) => configurations.find((configuration) => configuration.id === id)
const n1 = routes.find(({ path }) => path === '/n1')

async function running(configuration, use) {
  const started = await startConfiguration(configuration, host)
  try {
    await use(started)
  } finally {
    await started.stop()
  }
}

describe('what the bench asks of a recorder', () => {
  it('is what the toolbar does: all entries with their places, and all requests of a burst', async () => {
    await running(named('toolbar'), async (started) => {
      await started.burst(n1, 10)
      await expectComplete(started)
      for (const route of routes.filter(({ needs }) => !needs)) await expectRecorded(started, route, { sites: true })
    })
  })

  it('is refused to one without places, and to one with others', async () => {
    await running(named('toolbar-no-stack'), async (started) => {
      await expectRecorded(started, n1, { sites: false })
      await expect(expectRecorded(started, n1, { sites: true })).rejects.toThrow('/n1: sql entries have other places')
    })
    await running(named('toolbar'), async (started) => {
      const elsewhere = { ...n1, asked: { "res.render('n1', { books })\n  })\n\n  app.get('/json'": 51 } }
      await expect(expectRecorded(started, elsewhere, { sites: true })).rejects.toThrow('/n1: sql entries have other places')
      await expect(expectRecorded(started, { ...n1, sql: 50 }, { sites: true })).rejects.toThrow('51 sql entries counted instead of 50')
      await expect(expectNothing(started, n1)).rejects.toThrow('/n1 is recorded in production')
    })
  })

  it('is refused to one that records nothing, or not all of a burst', async () => {
    await running(named('bare'), async (started) => {
      await expect(expectRecorded(started, n1, { sites: true })).rejects.toThrow('it was not recorded')
    })
    await running(forgetful, async (started) => {
      await started.burst(n1, 10)
      await wait(50)
      await expectRecorded(started, n1, { sites: true })
      await expect(expectComplete(started)).rejects.toThrow('has not seen all that was asked for')
    })
  })
})
