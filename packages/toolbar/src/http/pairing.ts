import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Lets browsers beyond loopback in: whoever reads the code in the terminal of the app trades it for a token. One code serves all browsers of
 * the developer until a restart; wrong codes are counted over all clients, so that many clients have no more tries than one.
 */
export interface Pairing {
  /** printed at start, never sent anywhere */
  readonly code: string
  /** Trades the code for a token. Case, spaces and dashes do not matter. After ten wrong codes no code is right any more. */
  trade(code: string): Trade
  /** Whether this is a token given by `trade` */
  holds(token: unknown): boolean
}

export type Trade = { token: string } | 'wrong' | 'locked'

const maxTries = 10
/** browsers that are paired at a time; the oldest gives way */
const maxTokens = 32

export function createPairing(): Pairing {
  const code = randomBytes(5)
    .toString('hex')
    .toUpperCase()
    .replace(/(.{5})/, '$1-')
  const right = digest(plain(code))
  const tokens: Buffer[] = []
  let failures = 0
  return {
    code,
    trade(given) {
      if (failures >= maxTries) return 'locked'
      if (!timingSafeEqual(digest(plain(given)), right)) {
        failures++
        return 'wrong'
      }
      failures = 0
      const token = randomBytes(24).toString('base64url')
      if (tokens.push(digest(token)) > maxTokens) tokens.shift()
      return { token }
    },
    holds(token) {
      if (typeof token !== 'string' || token.length > 100) return false
      const given = digest(token)
      let found = false
      // all of them, whichever fits: how long it takes says nothing
      for (const known of tokens) found = timingSafeEqual(given, known) || found
      return found
    },
  }
}

function plain(code: string): string {
  return code.replace(/[\s-]/g, '').toUpperCase()
}

/** Of equal length, as a comparison in constant time needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
