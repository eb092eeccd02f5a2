import { expect } from 'vitest'
import type { Preview } from '../../src/contract/types.ts'
import { encode } from '../../src/core/encode.ts'
import { paramsKey, picturesOf, sealValues } from '../../src/core/entries/sql-values.ts'
import { defaultLimits } from '../../src/core/limits.ts'
import { preview, previewBeyond } from '../../src/core/preview.ts'
import { createRedactor } from '../../src/core/redact.ts'
import { graphOf, randomOf } from './graphs.ts'
import { Touches } from './values.ts'

const redactor = createRedactor({ keys: ['k'], patterns: [/ORDER-\d+/] })
/** texts may be long; there are no more of them than nodes */
const maxText = defaultLimits.valueNodes * (defaultLimits.stringLength + 500)
const maxMs = 20

/** What the app's own thread pays for, while it runs. */
function capture(graph: unknown): Preview[] {
  paramsKey([graph], defaultLimits)
  return [
    preview(graph, defaultLimits),
    previewBeyond(graph, {}, defaultLimits),
    ...picturesOf(sealValues([graph, [graph]], defaultLimits), defaultLimits),
  ]
}

/** The best of a few: a machine that is busy is not slow. */
function timeOf(run: () => void): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5 && best > maxMs; round++) {
    const from = performance.now()
    run()
    best = Math.min(best, performance.now() - from)
  }
  return best
}

/** One graph through all that pictures values: no call, no throw, bounded, and JSON in the end. */
function look(seed: number): void {
  const touches = new Touches()
  const graph = graphOf(randomOf(seed), touches)
  const touched = touches.count
  let pictures: Preview[] = []
  const took = timeOf(() => {
    pictures = capture(graph)
  })
  if (took > maxMs) throw new Error(`took ${took} ms`)
  for (const picture of pictures) {
    redactor.secretsIn(picture)
    const text = encode(redactor.value(picture))
    if (text.length > maxText) throw new Error(`${text.length} characters`)
    JSON.parse(text)
  }
  if (touches.count !== touched) throw new Error(`${touches.count - touched} calls`)
}

/** Goes on for `ms`; the seed of a graph that fails is in the message. */
export function fuzz(ms: number, from = Date.now() % 1_000_000_000): number {
  const end = performance.now() + ms
  let count = 0
  for (let seed = from; performance.now() < end; seed++, count++) {
    try {
      look(seed)
    } catch (error) {
      throw new Error(`fuzz(1, ${seed}) shows it`, { cause: error })
    }
  }
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
  return count
}
