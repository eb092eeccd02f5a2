import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { warnOnce } from '../core/diagnostics.ts'
import { guard } from '../core/guard.ts'
import { isLoopback } from './networks.ts'

/**
 * Says once where the app can be reached from, when that is more than this machine: most servers listen on every interface by habit, and
 * in a container the developer is a stranger. The toolbar does not open the port, so the first request shows it.
 */
type Caller = Pick<IncomingMessage, 'socket'>

export interface Reach {
  /** Looks at the server of a request, once each; a comparison for all requests but the first. */
  look(req: Caller): void
  /** A client was refused: it may be the developer, behind the bridge of a container. */
  refused(req: Caller): void
}

export function createReach(allowedPeers: readonly string[]): Reach {
  const known = new WeakSet<object>()
  let newest: object | undefined
  let toldOfClient = false

  const meet = guard('reach.look', (server: object, req: Caller): void => {
    newest = server
    if (known.has(server)) return
    known.add(server)
    const bound = boundTo(server)
    if (bound !== null && !isLoopback(bound.address)) tell(bound, strangerOf(req))
  })
  const tell = (bound: AddressInfo, client: string | null): void => {
    if (client !== null) toldOfClient = true
    warnOnce(`reach ${bound.address}:${bound.port} ${client}`, sentence(bound, client, allowedPeers))
  }
  const strangerOf = (req: Caller): string | null => {
    const peer = req.socket?.remoteAddress
    if (peer === undefined || isLoopback(peer) || allowedPeers.length > 0) return null
    return peer.startsWith('::ffff:') ? peer.slice(7) : peer
  }

  return {
    look(req) {
      const server = serverOf(req)
      if (server !== undefined && server !== newest) meet(server, req)
    },
    refused: guard('reach.refused', (req) => {
      if (toldOfClient) return
      const bound = boundTo(serverOf(req))
      const client = strangerOf(req)
      if (bound !== null && client !== null) tell(bound, client)
    }),
  }
}

/** The server that a request came in by: Node's sockets know theirs. */
export function serverOf(req: Caller): object | undefined {
  return (req.socket as { server?: object } | undefined)?.server
}

function boundTo(server: object | undefined): AddressInfo | null {
  const address = (server as { address?(): unknown } | undefined)?.address?.()
  return typeof address === 'object' && address !== null ? (address as AddressInfo) : null
}

function sentence({ address, family, port }: AddressInfo, client: string | null, allowedPeers: readonly string[]): string {
  const at = family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`
  const close = `Close it with listen(${port}, '127.0.0.1'), or docker run -p 127.0.0.1:${port}:${port}.`
  if (allowedPeers.length > 0)
    return `the app listens on ${at}. Only this machine and paired browsers of allowedPeers see the toolbar. ${close}`
  const option = `debugToolbar({ allowedPeers: ['${client === null ? '172.17.0.0/16' : networkOf(client)}'] })`
  if (client === null)
    return `the app listens on ${at}: other machines reach the app, only this machine sees the toolbar. ${close} To see it from outside of a container: ${option}.`
  return `the app listens on ${at}, and ${client} asked for it; only this machine sees the toolbar. If that was you, through a container: ${option}. ${close}`
}

/** Networks of Docker's own choice for its bridge; of other clients only the one. */
function networkOf(client: string): string {
  const bridge = /^172\.(1[6-9]|2\d|3[01])\.\d+\.1$/.exec(client)
  return bridge === null ? client : `172.${bridge[1]}.0.0/16`
}
