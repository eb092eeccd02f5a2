import { scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const hash = promisify(scrypt)

export async function checkPassword(password, stored) {
  const [scheme, salt, expected] = (stored ?? '').split(':')
  if (scheme !== 'scrypt') return false
  return timingSafeEqual(await hash(password, salt, 32), Buffer.from(expected, 'base64url'))
}
