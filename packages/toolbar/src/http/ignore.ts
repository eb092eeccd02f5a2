import type { IncomingMessage } from 'node:http'
import { guard } from '../core/guard.ts'
import type { Asked } from './asked.ts'
import { assetDestinations } from './destinations.ts'

const assetEnding = /\.(?:css|js|mjs|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|eot|mp[34]|webm|wasm|webmanifest)$/i

const asks = guard('ignore.rule', (rule: (req: IncomingMessage) => boolean, req: IncomingMessage): boolean => rule(req))

/** Assets and the favicon are not worth a record; what the user names neither. Functions that throw ignore nothing. */
export function createIgnore(rules: readonly (string | RegExp | ((req: IncomingMessage) => boolean))[]): (asked: Asked) => boolean {
  return ({ req, headers, method, fullUrl }) => {
    const destination = headers['sec-fetch-dest']
    if (typeof destination === 'string' && assetDestinations.has(destination)) return true
    const at = fullUrl.indexOf('?')
    const path = at === -1 ? fullUrl : fullUrl.slice(0, at)
    if ((method === 'GET' || method === 'HEAD') && assetEnding.test(path) && destination !== 'document') return true
    if (rules.length === 0) return false
    return rules.some((rule) =>
      typeof rule === 'string' ? path.startsWith(rule) : rule instanceof RegExp ? rule.test(path) : asks(rule, req) === true,
    )
  }
}
