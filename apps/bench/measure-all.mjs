import { cpus } from 'node:os'
import { otherNode } from '../../scripts/lib/node-versions.mjs'
import { Explained } from '../../scripts/lib/say.mjs'
import { ensureBuilt, ensureInstalled } from '../../scripts/lib/setup.mjs'
import { reachable, serviceUrl } from '../../scripts/services.mjs'
import { configurations } from './configurations.mjs'
import { ensureRivals } from './lib/rivals.mjs'
import { ensureSqlite } from './lib/sqlite.mjs'
import { toPlan } from './plan.mjs'
import { routes } from './routes.mjs'

/**
 * Installs and builds what is missing and measures what the options ask for, part by part.
 *
 * @returns the results as JSON: what report, verdict and chart read
 * @throws Explained where an option is wrong or something could not be installed
 */
export async function measureAll(options) {
  const start = Date.now()
  const plan = toPlan(options, start)
  const log = (line) => console.log(`${((Date.now() - start) / 1000).toFixed(0).padStart(4)} s  ${line}`)
  await ensureInstalled()
  await ensureBuilt()
  const host = await prepareHost(plan)
  const rivals = [plan.main, plan.memory].some((part) => part?.configurations.some(({ rival }) => rival))
  if (rivals) await ensureRivals()
  // Only now: these need what has just been installed.
  const { measure } = await import('./lib/measure.mjs')
  const { measureMemory } = await import('./lib/memory.mjs')
  const { measureBytes, measureOpening } = await import('./lib/opening.mjs')
  const find = (id) => configurations.find((configuration) => configuration.id === id)

  const isThere = ({ needs }) => needs !== 'pg' || host.pgUrl
  const taken = plan.main && { ...plan.main, routes: plan.main.routes.filter(isThere) }
  const done = taken && taken.routes.length > 0 ? await measure({ ...taken, host, log: prefixed(log, 'routes') }) : nothing
  const scaling = plan.scaling && toTable(plan.scaling, await measure({ ...plan.scaling, host, log: prefixed(log, 'many queries') }))
  let bytes = null
  let opening = null
  if (plan.opening) {
    log('what is sent')
    const [bare, toolbar] = [find('bare'), find('toolbar')]
    bytes = await measureBytes({ bare, toolbar, routes: routes.filter(isThere), host })
    const [page, route] = ['/page', '/heavy'].map((path) => routes.find((known) => known.path === path))
    opening = await measureOpening({ toolbar, route, page, host, times: plan.opening.times })
  }
  const page = routes.find(({ path }) => path === '/page')
  const memory = plan.memory ? await measureMemory({ ...plan.memory, route: page, host, log }) : []
  const nodes = plan.nodes ? await measureNodes(plan.nodes, host, measure, log) : []

  const results = {
    settings: {
      date: new Date().toISOString().slice(0, 10),
      node: host.node.version,
      machine: `${cpus().length} × ${cpus()[0].model.trim()}, ${process.platform}`,
      quick: options.quick,
      minutes: Math.ceil((Date.now() - start) / 60_000),
      rivalRounds: plan.main?.plan.rivalRounds ?? 0,
      ...howOf(plan.main?.plan, done),
    },
    ...strip(taken ?? { configurations: configurations.slice(0, 1), routes: [] }),
    samples: done.samples,
    startups: done.startups,
    scaling,
    bytes,
    opening,
    memory,
    memoryRequests: plan.memory?.requests ?? 0,
    nodes,
  }
  log('done')
  if (taken && done.replicates < taken.plan.replicates)
    console.log(`The machine was busy: ${done.replicates} of ${taken.plan.replicates} replicates fitted into the time.`)
  return results
}

const nothing = { samples: [], startups: [], replicates: 0, unsettled: 0 }

/** What the report needs to know of who took part. */
const strip = ({ configurations, routes }) => ({
  configurations: configurations.map(({ id, label, rival = false }) => ({ id, label, rival })),
  routes: routes.map(({ path, what, queries }) => ({ path, what, queries })),
})

/** How a table was measured, for the line above it. */
const howOf = (plan, { replicates, startups, unsettled }) => ({
  replicates,
  rounds: plan?.rounds ?? 0,
  scale: plan?.scale ?? 0,
  processes: startups.length,
  unsettled,
})

const toTable = (part, done) => ({ ...strip(part), samples: done.samples, how: howOf(part.plan, done) })

const prefixed = (log, name) => (line) => log(`${name}: ${line}`)

async function prepareHost(plan) {
  const { prepareDatabase } = await import('./lib/data.mjs')
  const databaseFile = prepareDatabase()
  const needsPg = plan.opening || plan.main?.routes.some(({ needs }) => needs === 'pg')
  let pgUrl = null
  if (needsPg && (await reachable('pg'))) {
    pgUrl = serviceUrl('pg')
    await (await import('./lib/postgres-data.mjs')).preparePostgres(pgUrl)
  } else if (needsPg) console.log('  /pg is skipped: no PostgreSQL answers. Start it, or set TEST_PG_URL.')
  return { databaseFile, pgUrl, node: await chooseNode(plan.node) }
}

/** The running Node, or another major that npm brings, with the better-sqlite3 that belongs to it. */
async function chooseNode(major) {
  const node = await otherNode(major)
  if (!node) throw new Explained(`--node: npm has no Node ${major} for ${process.platform} ${process.arch}.`)
  return { ...node, sqlite: major >= 22 ? await ensureSqlite() : null }
}

async function measureNodes({ majors, ...part }, host, measure, log) {
  const tables = []
  for (const major of majors) {
    const node = await chooseNode(major)
    const done = await measure({ ...part, host: { ...host, pgUrl: null, node }, log: prefixed(log, `Node ${major}`) })
    tables.push({ version: node.version, ...toTable(part, done) })
  }
  return tables
}
