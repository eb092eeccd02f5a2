/** The ratios of a run as a picture: one row for each route, one mark for each configuration, and the limits. */
import { limits } from '../limits.mjs'
import { createFigures } from './figures.mjs'

/** What is drawn, the last on top. Marks differ in shape and not in colour alone. */
const series = [
  { id: 'knex-debug', label: 'knex debug', mark: 'cross' },
  { id: 'miniprofiler', label: 'miniprofiler', mark: 'triangle' },
  { id: 'sentry', label: 'Sentry', mark: 'square' },
  { id: 'opentelemetry', label: 'OpenTelemetry', mark: 'diamond' },
  { id: 'async-context', label: 'async context only', mark: 'ring' },
  { id: 'toolbar', label: 'debug-toolbar', mark: 'dot' },
]

const width = 860
const left = 100
const right = 24
const top = 76
const rowHeight = 38
const ticks = [1, 1.25, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32]

const marks = {
  dot: () => '<circle r="6.5"/>',
  ring: () => '<circle r="5" class="open"/>',
  diamond: () => '<path d="M0-6.5 6.5 0 0 6.5-6.5 0Z"/>',
  square: () => '<path d="M-5-5H5V5H-5Z"/>',
  triangle: () => '<path d="M0-6 6 5H-6Z"/>',
  cross: () => '<path d="M-5-5 5 5M-5 5 5-5" class="open"/>',
}

/** An SVG that reads on light and dark pages. The axis is logarithmic: a step to the right is a factor. */
export function toChart(results) {
  const { ratio } = createFigures(results)
  const drawn = series.filter(({ id }) => results.configurations.some((configuration) => configuration.id === id))
  const medians = drawn.flatMap(({ id }) => results.routes.map(({ path }) => ratio(id, path)?.median ?? 1))
  const largest = Math.max(2, ...medians, ...Object.values(limits.ratio).map(({ must }) => must)) * 1.05
  const smallest = Math.min(0.95, ...medians)
  const toX = (value) => left + (Math.log(value / smallest) / Math.log(largest / smallest)) * (width - left - right)
  const at = (x, y, what, name) => `<g class="${name}" transform="translate(${x.toFixed(1)} ${y.toFixed(1)})">${what}</g>`
  const bottom = top + results.routes.length * rowHeight

  const legend = [...drawn].reverse().map(({ id, label, mark }, index) => {
    const x = left + 6 + (index % 3) * 180
    const y = 18 + Math.floor(index / 3) * 22
    return `${at(x, y, marks[mark](), id)}<text x="${x + 14}" y="${y + 4}">${label}</text>`
  })
  const mustAt = left + 6 + 3 * 180
  legend.push(`<path class="must" d="M${mustAt} 10V26"/><text x="${mustAt + 14}" y="22">must</text>`)
  legend.push(`<path class="aim" d="M${mustAt} 32V48"/><text x="${mustAt + 14}" y="44">aim</text>`)

  const axis = ticks
    .filter((tick) => tick >= smallest && tick <= largest)
    .map((tick) => {
      const x = toX(tick).toFixed(1)
      return `<path class="${tick === 1 ? 'bare' : 'grid'}" d="M${x} ${top - 8}V${bottom}"/><text class="tick" x="${x}" y="${bottom + 18}">${tick}×</text>`
    })
  const rows = results.routes.flatMap(({ path }, index) => {
    const y = top + (index + 0.5) * rowHeight
    const parts = [`<text class="route" x="${left - 14}" y="${y + 4}">${path}</text>`]
    for (const kind of ['must', 'aim']) {
      const limit = limits.ratio[path]?.[kind]
      if (limit) parts.push(`<path class="${kind}" d="M${toX(limit).toFixed(1)} ${y - 13}V${y + 13}"/>`)
    }
    for (const { id, label, mark } of drawn) {
      const seen = ratio(id, path)
      if (seen) parts.push(at(toX(seen.median), y, `<title>${label}, ${path}: ${seen.median.toFixed(2)}</title>${marks[mark]()}`, id))
    }
    return parts
  })

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 48}" role="img" aria-label="CPU per request as a ratio to the bare app, by route">
<style>
  text { font: 13px system-ui, sans-serif; fill: #333a45 }
  .route { text-anchor: end; font-family: ui-monospace, monospace }
  .tick { text-anchor: middle; fill: #667080 }
  path, circle { stroke-width: 2 }
  .grid { stroke: #8892a033; stroke-width: 1 }
  .bare { stroke: #667080; stroke-width: 1 }
  .must { stroke: #c2303a; stroke-width: 2.5 }
  .aim { stroke: #2c8a4b; stroke-dasharray: 3 2 }
  .toolbar { fill: #1463d8; stroke: #1463d8 }
  .async-context { stroke: #667080 }
  .opentelemetry { fill: #b06a00; stroke: #b06a00 }
  .sentry { fill: #8446c6; stroke: #8446c6 }
  .miniprofiler { fill: #0d8384; stroke: #0d8384 }
  .knex-debug { stroke: #8a6d4b }
  .open { fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #d8dee8 }
    .tick { fill: #9aa4b2 }
    .bare, .async-context { stroke: #9aa4b2 }
    .must { stroke: #ff7b80 }
    .aim { stroke: #5fca80 }
    .toolbar { fill: #6aa7ff; stroke: #6aa7ff }
    .opentelemetry { fill: #f0b04a; stroke: #f0b04a }
    .sentry { fill: #c39bf5; stroke: #c39bf5 }
    .miniprofiler { fill: #4cc7c8; stroke: #4cc7c8 }
    .knex-debug { stroke: #c7a982 }
  }
</style>
${legend.join('\n')}
${axis.join('\n')}
${rows.join('\n')}
<text class="tick" x="${(left + width - right) / 2}" y="${bottom + 40}">CPU per request, as a ratio to the bare app (median, logarithmic)</text>
</svg>
`
}
