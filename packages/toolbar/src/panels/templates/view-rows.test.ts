import { expect, it } from 'vitest'
import type { TemplateRender } from './data.ts'
import { toRows } from './view-rows.ts'

const render = (id: number, parentId: number | null, name: string, ownMs: number, durationMs: number): TemplateRender => ({
  ...{ id, parentId, name, ownMs, durationMs, engine: 'ejs', file: `/views/${name}`, startMs: id, locals: {}, error: false, queries: 0 },
})

it('folds repeated siblings, and what is inside them, into one line each', () => {
  const cards = Array.from({ length: 50 }, (_, index) => [
    render(10 + index * 2, 2, 'card', 0.5, 1),
    render(11 + index * 2, 10 + index * 2, 'price', 0.5, 0.5),
  ]).flat()
  const rows = toRows([render(1, null, 'layout', 2, 60), render(2, 1, 'page', 8, 58), ...cards])
  expect(rows.map(({ depth, renders, ownMs, totalMs }) => [depth, renders[0]?.name, renders.length, ownMs, totalMs])).toEqual([
    [0, 'layout', 1, 2, 60],
    [1, 'page', 1, 8, 58],
    [2, 'card', 50, 25, 50],
    [3, 'price', 50, 25, 25],
  ])
})
