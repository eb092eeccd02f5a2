/** What a browser beyond the machine of the app got for the pairing code. On that machine there is none. */
export interface Tokens {
  read(): string | null
  /** `null` forgets it: the app has restarted and knows it no more */
  write(token: string | null): void
}

const KEY = 'debug-toolbar:token'

/** Whether something, from wherever, looks like a token. */
export const isToken = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{20,100}$/.test(value)

/** @param storage lasts as long as the tab; where it is blocked, the token lasts as long as the page */
export function createTokens(storage: () => Storage): Tokens {
  let token: string | null = null
  try {
    const stored = storage().getItem(KEY)
    if (isToken(stored)) token = stored
  } catch {
    // blocked: nothing is kept
  }
  return {
    read: () => token,
    write(next) {
      token = next
      try {
        if (next === null) storage().removeItem(KEY)
        else storage().setItem(KEY, next)
      } catch {
        // as above
      }
    },
  }
}
