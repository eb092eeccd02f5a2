import { cpus } from 'node:os'
import { median } from './statistics.mjs'

const table = (head, rows) =>
  [head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** All tables of one run, as Markdown. */
export function toReport({ configurations, routes, samples, startups, memory, settings }) {
  const [base] = configurations
  const valuesOf = (id, path, key) => samples.filter((sample) => sample.id === id && sample.path === path).map((sample) => sample[key])
  const medianOf = (id, path, key) => median(valuesOf(id, path, key))
  const perRoute = (cell) => configurations.map(({ id, label }) => [label, ...routes.map(({ path }) => cell(id, path))])
  const head = ['', ...routes.map(({ path }) => path)]

  const ratio = (id, path) => {
    if (id === base.id) return '1'
    const values = valuesOf(id, path, 'ratio')
    return `**${median(values).toFixed(2)}** [${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}]`
  }
  const startup = (id) => median(startups.filter((start) => start.id === id).map(({ cpuMs }) => cpuMs))

  return `${settings}

Routes: ${routes.map(({ path, what }) => `\`${path}\` ${what}`).join('; ')}.

**CPU per request, as a ratio to the bare app: median [min–max]**

${table(head, perRoute(ratio))}

**CPU per request, µs (median)**

${table(
  head,
  perRoute((id, path) => medianOf(id, path, 'cpuUs').toFixed(0)),
)}
${overLimit(configurations, routes, medianOf, head)}
**Start-up and memory**

${table(
  ['', 'CPU to listening, ms', 'more than bare', 'RSS, MB', 'heap after a collection, MB'],
  configurations.map(({ id, label }) => {
    const used = memory.find((row) => row.id === id)
    return [label, startup(id).toFixed(0), signed(startup(id) - startup(base.id)), megabytes(used.rss), megabytes(used.heapAfterGc)]
  }),
)}
`
}

/** What the toolbar adds to what nobody can avoid; the part of the ratio that is its own. */
function overLimit(configurations, routes, medianOf, head) {
  const has = (wanted) => configurations.some(({ id }) => id === wanted)
  if (!has('async-context') || !has('toolbar')) return ''
  const cells = routes.map(({ path }) => (medianOf('toolbar', path, 'ratio') - medianOf('async-context', path, 'ratio')).toFixed(2))
  return `
**What the toolbar adds to async context alone, as a part of the bare app**

${table(head, [['(debug-toolbar − async context) / bare', ...cells]])}
`
}

const megabytes = (bytes) => (bytes / 1024 / 1024).toFixed(0)
const signed = (ms) => `${ms < 0 ? '−' : '+'}${Math.abs(ms).toFixed(0)}`

/** One line that says where the figures come from. */
export function toSettings({ replicates, rounds, scale, memoryRequests, quick, nodeVersion }) {
  const [{ model }] = cpus()
  return (
    `Measured ${new Date().toISOString().slice(0, 10)} on Node ${nodeVersion}, ${cpus().length} × ${model.trim()}, ${process.platform}: ` +
    `${replicates} fresh processes each, ${rounds} round${rounds === 1 ? '' : 's'} in each${quick ? ' (--quick)' : ''}, bursts of about ${Math.round(scale * 100)} ms; ` +
    `memory after ${memoryRequests.toLocaleString('en')} requests of /page.`
  )
}

/** Puts the report between the markers of a Markdown file's text. */
export function replaceBetween(text, name, report) {
  const begin = `<!-- ${name}:begin -->`
  const end = `<!-- ${name}:end -->`
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`apps/bench/README.md needs the markers '${begin}' and '${end}': the tables go between them`)
  return `${before}${begin}\n\n${report}\n${end}${after}`
}
