import { expect, it } from 'vitest'
import { scenarios } from '../../../../scripts/soak/scenarios.mjs'

// The same scenarios as `npm run soak`, with small numbers: every row says what it wants and what it saw.
// Figures of time are judged there only: other tests run beside these.
for (const { id, title, sizes, run } of scenarios.filter(({ sizes }) => sizes.short))
  it(`${id}: ${title}`, { timeout: 30_000 }, async () => {
    const rows = await run(sizes.short as object)
    expect(rows.filter(({ ok, timing }) => !ok && !timing)).toEqual([])
    expect(rows.length).toBeGreaterThan(0)
  })
