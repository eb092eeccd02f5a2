import { createFigures } from './figures.mjs'
import { judge } from './verdict.mjs'

const table = (head, rows) =>
  [head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/**
 * All tables of one run, as Markdown.
 *
 * @param chart address of the picture, relative to the page; `null` for none
 */
export function toReport(results, { chart = null } = {}) {
  const figures = createFigures(results)
  const parts = [
    toSettings(results.settings),
    results.routes.length > 0 && `Routes: ${results.routes.map(({ path, what }) => `\`${path}\` ${what}`).join('; ')}.`,
    verdictPart(results),
    chart && `![CPU per request as a ratio to the bare app, by route](${chart})`,
    ...(results.routes.length > 0 ? cpuParts(results, figures) : []),
    scalingPart(results, figures),
    ...nodeParts(results, figures),
    startPart(results, figures),
    memoryPart(results, figures),
    sentPart(results, figures),
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

function verdictPart(results) {
  const rows = judge(results)
  if (rows.length === 0) return null
  const of = (kind) => rows.filter((row) => row.kind === kind)
  const count = (kind) => `${of(kind).filter(({ pass }) => pass).length} of ${of(kind).length} ${kind}s`
  return `**Verdict: ${count('must')}, ${count('aim')}**

${table(
  ['', 'kind', 'limit', 'seen', ''],
  [...of('must'), ...of('aim')].map(({ kind, what, limit, value, pass }) => [what, kind, limit, value, pass ? 'pass' : '**fail**']),
)}`
}

function cpuParts(results, figures) {
  const { configurations, routes, samples } = results
  const { base, ratio, cpuUs, overContext } = figures
  const head = ['', ...routes.map(({ path }) => path)]
  const perRoute = (rows, cell) =>
    table(
      head,
      rows.map(({ id, label }) => [label, ...routes.map(({ path }) => cell(id, path))]),
    )
  const parts = [
    `**CPU per request, as a ratio to the bare app: median [min–max]**

${perRoute(configurations, (id, path) => (id === base.id ? '1' : toRange(ratio(id, path, samples))))}`,
    `**CPU per request, µs (median)**

${perRoute(configurations, (id, path) => fixed(cpuUs(id, path, samples), 0))}`,
  ]
  const ours = configurations.filter(({ id, rival }) => !rival && id !== base.id && id !== 'bare-again' && id !== 'async-context')
  if (configurations.some(({ id }) => id === 'async-context') && ours.length > 0)
    parts.push(`**Over async context alone, as a part of the bare app: (configuration − async context) / bare**

${perRoute(ours, (id, path) => fixed(overContext(id, path, samples), 2))}`)
  return parts
}

function scalingPart(results, { overContextUs, ratio }) {
  if (!results.scaling) return null
  const { routes, samples, configurations, how } = results.scaling
  return `**As queries become many**: ${toHow(how)}

${table(
  ['', ...routes.map(({ queries }) => `${queries.toLocaleString('en')} queries`)],
  [
    ...configurations
      .slice(1)
      .map(({ id, label }) => [`${label}, ratio to bare`, ...routes.map(({ path }) => toRange(ratio(id, path, samples)))]),
    [
      'debug-toolbar over async context, µs per query',
      ...routes.map(({ path, queries }) => fixed(overContextUs('toolbar', path) / queries, 1)),
    ],
  ],
)}`
}

function nodeParts(results, { ratio, overContext }) {
  return (results.nodes ?? []).map(({ version, routes, configurations, samples, how }) => {
    const cells = (cell) => routes.map(({ path }) => cell(path))
    return `**Node ${version}: ratio to bare**: ${toHow(how)}

${table(
  ['', ...cells((path) => path)],
  [
    ...configurations.slice(1).map(({ id, label }) => [label, ...cells((path) => toRange(ratio(id, path, samples)))]),
    ['(debug-toolbar − async context) / bare', ...cells((path) => fixed(overContext('toolbar', path, samples), 2))],
  ],
)}`
  })
}

function startPart({ configurations, startups }, figures) {
  if (startups.length === 0) return null
  const [base] = configurations
  const more = (id) => signed(figures.startupMs(id) - figures.startupMs(base.id))
  return `**CPU to listening, ms (median)**

${table(
  ['', 'CPU', 'more than bare'],
  configurations.map(({ id, label }) => [label, figures.startupMs(id).toFixed(0), more(id)]),
)}`
}

function memoryPart({ configurations, memory, memoryRequests }, figures) {
  if (memory.length === 0) return null
  const [base] = configurations
  const more = (id) => signed((figures.memory(id, 'rss') - figures.memory(base.id, 'rss')) / 1024 / 1024)
  return `**Memory after ${memoryRequests.toLocaleString('en')} requests of /page, MB**

${table(
  ['', 'RSS', 'more than bare', 'heap after a collection'],
  configurations
    .filter(({ id }) => figures.memory(id, 'rss') !== null)
    .map(({ id, label }) => [label, megabytes(figures.memory(id, 'rss')), more(id), megabytes(figures.memory(id, 'heapAfterGc'))]),
)}`
}

function sentPart({ bytes, opening }, figures) {
  if (!opening) return null
  const { first, later, afterPage, codeBytes } = figures.opening
  const queries = opening.queries.toLocaleString('en')
  return `**What is sent**

${table(
  ['more bytes than bare', ...bytes.map(({ path }) => path)],
  [
    ['headers', ...bytes.map(({ head }) => head)],
    ['body', ...bytes.map(({ body }) => body)],
  ],
)}

${table(
  ['when somebody looks', 'server CPU, ms', 'on the wire, kB'],
  [
    [`the SQL panel of ${queries} queries, with its record`, later.cpuMs.toFixed(1), kilobytes(later.bytes)],
    ['the same, the first one of a process', first.cpuMs.toFixed(1), kilobytes(first.bytes)],
    ['the bar, after a page has loaded', afterPage.cpuMs.toFixed(1), kilobytes(afterPage.bytes)],
    ['code of the bar, once for a browser', '', kilobytes(codeBytes.bar)],
    ['code of the drawer with the SQL panel, once for a browser', '', kilobytes(codeBytes.panel)],
  ],
)}`
}

const fixed = (value, digits) => (value === null ? '–' : value.toFixed(digits))
const toRange = (range) => (range ? `**${range.median.toFixed(2)}** [${range.min.toFixed(2)}–${range.max.toFixed(2)}]` : '–')
const kilobytes = (bytes) => (bytes / 1000).toFixed(1)
const megabytes = (bytes) => (bytes / 1024 / 1024).toFixed(0)
const signed = (value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(0)}`

/** One line that says where the figures come from. */
function toSettings({ date, node, machine, rivalRounds, quick, minutes, ...how }) {
  const where = `Measured ${date} on Node ${node}, ${machine}, in ${minutes} minute${minutes === 1 ? '' : 's'}${quick ? ' (--quick)' : ''}`
  if (how.processes === 0) return `${where}.`
  return `${where}: ${toHow(how)}${rivalRounds < how.rounds ? ` Rivals take part in ${rivalRounds} of the rounds.` : ''}`
}

/** How one part was measured. */
function toHow({ replicates, rounds, scale, processes, unsettled }) {
  return (
    `${replicates} fresh processes of each configuration, ${rounds} round${rounds === 1 ? '' : 's'} in each, ` +
    `bursts of about ${Math.round(scale * 100)} ms of the bare app; ${unsettled} of ${processes} processes had not settled when their time to warm up ended.`
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
