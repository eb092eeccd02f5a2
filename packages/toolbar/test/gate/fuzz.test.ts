import { expect, it } from 'vitest'
import { fuzz } from './fuzz.ts'

it('random requests at every route: no crash, no error of ours, and the app answers as ever', async () => {
  const { sent, statuses } = await fuzz(20_260_101, 2_500)
  expect(sent).toBeGreaterThan(200)
  // the requests get past the parser and the gate, too
  for (const status of [200, 400, 403, 404, 405])
    expect(statuses.get(status) ?? 0, `${status} of ${[...statuses].join(' ')}`).toBeGreaterThan(3)
})
