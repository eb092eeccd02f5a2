import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const hash = promisify(scrypt)

export async function hashPassword(password) {
  const salt = randomBytes(16).toString('base64url')
  return `scrypt:${salt}:${(await hash(password, salt, 32)).toString('base64url')}`
}

export async function checkPassword(password, stored) {
  const [scheme, salt, expected] = (stored ?? '').split(':')
  if (scheme !== 'scrypt') return false
  return timingSafeEqual(await hash(password, salt, 32), Buffer.from(expected, 'base64url'))
}
