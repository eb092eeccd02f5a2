import type { Pairing } from './pairing.ts'
import { readFields } from './read-json.ts'
import { ApiProblem, sendJson } from './reply.ts'
import type { Route } from './routes.ts'

/** The one action that a client beyond this machine can do without a token. `null`: nobody has to pair, so no code is right. */
export function createPairRoute(pairing: Pairing | null): Route {
  return {
    method: 'POST',
    pattern: 'api/pair',
    action: true,
    unpaired: true,
    summary: 'Trades the code printed at start for a token, for clients beyond this machine',
    body: { code: { type: 'string', description: 'the code that the app printed at start' } },
    handle: async ({ req, res }) => {
      const { code } = await readFields(req, ['code'])
      if (typeof code !== 'string')
        throw new ApiProblem(400, 'BAD_BODY', 'send { "code": "..." } with the code that the app printed at start, and nothing else.')
      const trade = pairing?.trade(code) ?? 'wrong'
      if (trade === 'locked') throw new ApiProblem(429, 'PAIRING_LOCKED', 'too many wrong codes: restart the app for a new one.')
      if (trade === 'wrong') throw new ApiProblem(401, 'WRONG_CODE', 'that is not the code the app printed at start.')
      sendJson(req, res, 200, trade)
    },
  }
}
