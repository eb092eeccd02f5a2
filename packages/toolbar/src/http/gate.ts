import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { assetDestinations } from './destinations.ts'
import { createNetworkList, isLoopback } from './networks.ts'
import { createPairing, type Pairing } from './pairing.ts'

/**
 * Who may see anything. First, fail-closed, pure string work: no I/O, no DNS.
 * `sees` decides recording, headers and injection; `serves` decides everything under the path.
 */
/** What of a request says who asks. */
export type Peer = Pick<IncomingMessage, 'socket' | 'headers'> & { readonly rawHeaders: readonly string[] }

export interface Gate {
  /** `null`: this client may see the toolbar. Else why not. A refused peer is to meet the app as if we were not there. */
  sees(req: Peer): Refusal | null
  /** For requests under the path: `sees`, and no other site behind the browser. */
  serves(req: IncomingMessage, action: boolean): Refusal | null
  /** Whether this peer must show a pairing token for reads and actions. */
  needsPairing(req: IncomingMessage): boolean
  /** where peers beyond loopback are allowed; else `null`, and nobody needs a token */
  readonly pairing: Pairing | null
}

export interface Refusal {
  status: number
  code: string
  message: string
  /** the app answers, as if we were not mounted */
  silent: boolean
}

export interface GateOptions {
  allowedHosts: readonly string[]
  allowedPeers: readonly string[]
}

/** In which proxies say who their client is. */
const forwardingHeaders: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'x-original-forwarded-for',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'x-azure-clientip',
  'x-azure-socketip',
  'x-appengine-user-ip',
  'x-vercel-forwarded-for',
  'x-nf-client-connection-ip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'cf-pseudo-ipv4',
  'true-client-ip',
  'fastly-client-ip',
  'fly-client-ip',
  'do-connecting-ip',
  'incap-client-ip',
  'ali-cdn-real-ip',
])

const refuse = (status: number, code: string, message: string, silent = false): Refusal => ({ status, code, message, silent })
const notThere = refuse(404, 'NOT_FOUND', 'nothing here', true)

export function createGate(options: GateOptions): Gate {
  const inNetworks = createNetworkList(options.allowedPeers)
  const hosts = new Set(options.allowedHosts.map((host) => host.toLowerCase()))
  const pairing = options.allowedPeers.length > 0 ? createPairing() : null

  /** the host that was allowed last: a developer asks for one and the same, hundreds of times */
  let lastHost: string | null = null

  const isAllowedPeer = (address: string): boolean => isLoopback(address) || inNetworks(address)

  function sees(req: Peer): Refusal | null {
    const peer = req.socket?.remoteAddress
    if (peer === undefined || !isAllowedPeer(peer) || !chainAllowed(req, isAllowedPeer)) return notThere
    const host = soleHost(req)
    if (host !== null && host === lastHost) return null
    const refusal = hostAllowed(host, hosts)
    if (refusal === null) lastHost = host
    return refusal
  }

  function needsPairing(req: IncomingMessage): boolean {
    const peer = req.socket?.remoteAddress ?? ''
    if (pairing === null || (isLoopback(peer) && chainAllowed(req, isLoopback))) return false
    return !pairing.holds(req.headers['x-debug-toolbar-token'])
  }

  function serves(req: IncomingMessage, action: boolean): Refusal | null {
    return sees(req) ?? siteAllowed(req, action) ?? (action ? actionAllowed(req) : null)
  }

  return { sees, serves, needsPairing, pairing }
}

/** Where a forwarding header exists, every hop in it must be an allowed peer too. */
function chainAllowed(req: Peer, isAllowedPeer: (address: string) => boolean): boolean {
  const { headers } = req
  // there are fewer headers than names to look for
  for (const name in headers) {
    if (!forwardingHeaders.has(name)) continue
    const value = headers[name]
    if (value === undefined) continue
    const text = Array.isArray(value) ? value.join(',') : value
    if (text.length > 1_000 || !text.split(',').every((hop) => isAllowedPeer(addressOf(hop.trim())))) return false
  }
  const { forwarded } = headers
  return forwarded === undefined || forwardedAllowed(Array.isArray(forwarded) ? forwarded.join(',') : forwarded, isAllowedPeer)
}

/** RFC 7239: `for=192.0.2.60;proto=http, for="[2001:db8::1]:80"`. A hop without an address, or with two, is not allowed. */
function forwardedAllowed(text: string, isAllowedPeer: (address: string) => boolean): boolean {
  if (text.length > 1_000) return false
  return text.split(',').every((element) => {
    const [part, more] = element.split(';').filter((pair) => /^\s*for\s*=/i.test(pair))
    if (part === undefined || more !== undefined) return false
    const value = part
      .slice(part.indexOf('=') + 1)
      .trim()
      .replace(/^"|"$/g, '')
    return isAllowedPeer(addressOf(value))
  })
}

/** An address that may come with a port: `127.0.0.1:1234`, `[::1]:1234`, `::1`. What is no such thing is no address either. */
function addressOf(text: string): string {
  if (isIP(text) === 6) return text
  const match = /^(?:\[([0-9a-f:.]+)\]|([\d.]+))(?::\d{1,5})?$/i.exec(text)
  return match?.[1] ?? match?.[2] ?? ''
}

/** The Host as sent: exactly one, well-formed, and a name that no other site can own. Proxies' headers are never read. */
function hostAllowed(host: string | null, hosts: ReadonlySet<string>): Refusal | null {
  const name = host === null ? null : hostName(host)
  if (name === null)
    return refuse(
      403,
      'HOST_NOT_ALLOWED',
      'the request has no single, well-formed Host. Open the app under localhost, or add its name to the option allowedHosts.',
    )
  if (name === 'localhost' || name.endsWith('.localhost') || isLoopback(name) || hosts.has(name)) return null
  return refuse(
    403,
    'HOST_NOT_ALLOWED',
    `the host ${name.slice(0, 100)} may not reach the toolbar, since any web site could bind its own name to this machine. If it is yours: debugToolbar({ allowedHosts: ['${name.slice(0, 100)}'] }).`,
  )
}

function soleHost(req: Peer): string | null {
  const authority = (req.headers as Record<string, string | undefined>)[':authority']
  const { host } = req.headers
  if (authority !== undefined) return host === undefined || host === authority ? authority : null
  if (host === undefined) return null
  let seen = 0
  const raw = req.rawHeaders
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string
    if (name.length === 4 && name.toLowerCase() === 'host') seen++
  }
  return seen === 1 ? host : null
}

/** Lower case, without port, brackets and one trailing dot; `null` when malformed. */
export function hostName(host: string): string | null {
  if (host.length > 260) return null
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/.exec(host.toLowerCase())
  if (match === null || Number(match[3] ?? 0) > 65_535) return null
  if (match[1] !== undefined) return isIP(match[1]) === 6 ? match[1] : null
  const name = (match[2] as string).replace(/\.$/, '')
  if (/^[\d.]+$/.test(name) || /^0x/.test(name)) return isIP(name) === 4 ? name : null
  return name === '' || name.includes('..') || name.startsWith('.') ? null : name
}

const foreignDestinations: ReadonlySet<string> = new Set([
  ...assetDestinations,
  'object',
  'embed',
  'iframe',
  'frame',
  'fencedframe',
  'report',
  'xslt',
  'paintworklet',
  'audioworklet',
])

/** Fetch metadata where the browser sends it; else an Origin, if any, must be this very host. */
function siteAllowed(req: IncomingMessage, action: boolean): Refusal | null {
  const site = req.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && !(site === 'none' && !action && (req.method === 'GET' || req.method === 'HEAD')))
    return refuse(403, 'CROSS_SITE', 'another site asked for this; the toolbar answers its own pages only.')
  const { origin } = req.headers
  if (origin !== undefined && !sameHost(origin, soleHost(req)))
    return refuse(
      403,
      'ORIGIN_NOT_ALLOWED',
      `the origin ${String(origin).slice(0, 100)} is not this host; the toolbar answers its own pages only.`,
    )
  return null
}

/** Requests that a page makes as a script, image and so on; only the assets are for that. */
export function isForeignDestination(req: IncomingMessage): boolean {
  const destination = req.headers['sec-fetch-dest']
  return typeof destination === 'string' && foreignDestinations.has(destination)
}

/** Any scheme: https proxies in development talk http to us. */
function sameHost(origin: string, host: string | null): boolean {
  if (host === null || Array.isArray(origin)) return false
  const match = /^https?:\/\/([^/?#@]+)$/.exec(origin)
  return match !== null && (match[1] as string).toLowerCase() === host.toLowerCase()
}

/** What no HTML form can send: a JSON content type and a header of ours. */
function actionAllowed(req: IncomingMessage): Refusal | null {
  const type = req.headers['content-type']
  if (type === undefined || !/^application\/json\s*(?:;\s*charset=utf-8\s*)?$/i.test(type))
    return refuse(415, 'JSON_ONLY', "actions take 'Content-Type: application/json'; other types can be sent by any web page.")
  if (req.headers['x-debug-toolbar'] !== '1')
    return refuse(403, 'HEADER_MISSING', "actions need the header 'X-Debug-Toolbar: 1', which no other site can send.")
  return null
}
