/** What the toolbar sends: with each page, and when somebody looks at it. */
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { readAfterPage, readApi } from './overlay.mjs'
import { startConfiguration } from './process.mjs'

/** Bytes that each route's answer has more than the bare app's: `[{ path, head, body }]`, uncompressed. */
export async function measureBytes({ bare, toolbar, routes, host }) {
  const processes = [await startConfiguration(bare, host), await startConfiguration(toolbar, host)]
  try {
    const rows = []
    for (const route of routes) {
      const [without, with_] = await Promise.all(processes.map(({ connection }) => connection.send(connection.toBytes(route))))
      rows.push({ path: route.path, head: with_.headBytes - without.headBytes, body: with_.bodyBytes - without.bodyBytes })
    }
    return rows
  } finally {
    for (const started of processes) await started.stop()
  }
}

/**
 * Opens the SQL panel of records that nobody has looked at yet, in one process, one record after another:
 * `{ queries, panels, pages: [{ cpuMs, bytes }], codeBytes }`. The first is what the developer meets first: nothing is compiled yet.
 *
 * @param times how many records
 */
export async function measureOpening({ toolbar, route, page, host, times }) {
  const started = await startConfiguration(toolbar, host)
  const { connection } = started
  const cost = async (action) => {
    const before = await started.cpuUs()
    const bytes = await action()
    return { cpuMs: ((await started.cpuUs()) - before) / 1000, bytes }
  }
  const record = async (of) => {
    const response = await connection.send(connection.toBytes(of))
    // Until it is sealed: asking whether it is would be looking at it.
    await wait(100)
    return response.header('x-debug-toolbar-id')
  }
  try {
    const panels = []
    for (let left = times; left > 0; left--) {
      const id = await record(route)
      panels.push(
        await cost(async () => {
          const detail = await readApi(connection, `requests/${id}`)
          const panel = await readApi(connection, `requests/${id}/panels/sql`)
          const { length } = panel.data.columns.text
          if (length !== route.sql) throw new Error(`the SQL panel has ${length} queries instead of ${route.sql}`)
          return detail.bytes + panel.bytes
        }),
      )
    }
    const pages = []
    for (let left = times; left > 0; left--) {
      const id = await record(page)
      pages.push(await cost(() => readAfterPage(connection, id)))
    }
    return { queries: route.sql, panels, pages, codeBytes: await codeBytes(connection) }
  } finally {
    await started.stop()
  }
}

/** Bytes of the code that a browser without a cache loads for the bar, and then for the drawer with the SQL panel. */
async function codeBytes(connection) {
  const manifest = JSON.parse(readFileSync(new URL('overlay/manifest.json', import.meta.resolve('debug-toolbar')), 'utf8'))
  const sizes = {}
  const seen = new Set()
  for (const [name, entries] of Object.entries({
    bar: ['src/overlay/main.ts', 'src/overlay/app.tsx'],
    panel: ['src/overlay/drawer/Drawer.tsx', 'src/panels/sql/view.tsx'],
  })) {
    sizes[name] = 0
    for (const file of filesOf(manifest, entries)) {
      if (seen.has(file)) continue
      seen.add(file)
      const response = await connection.fetch(`/__debug__/assets/${file}`)
      if (response.status !== 200) throw new Error(`the overlay's ${file} was answered with ${response.status}`)
      sizes[name] += response.headBytes + response.bodyBytes
    }
  }
  return sizes
}

/** What these entries load, without what they load only later. */
function filesOf(manifest, names) {
  const files = new Set()
  const add = (name) => {
    const chunk = manifest[name]
    if (!chunk) throw new Error(`the build of the overlay has no '${name}'`)
    if (files.has(chunk.file)) return
    files.add(chunk.file)
    for (const imported of chunk.imports ?? []) add(imported)
  }
  for (const name of names) add(name)
  return files
}
