import type { IncomingMessage, ServerResponse } from 'node:http'
import { guard } from '../core/guard.ts'
import { patchMethod, type Undo } from '../core/patch.ts'
import { serverOf } from './reach.ts'

interface Held {
  readonly responses: Set<ServerResponse>
  readonly undo: Undo
}

/**
 * Notices that a server of the app is told to close, so that what the toolbar holds open ends first: `server.close()` calls back when the
 * last connection has gone. `close` of that one server is observed as long as something of ours is open on it, and then it is as it was.
 */
export class ServerClosings {
  private readonly held = new Map<object, Held>()
  private readonly closing = new WeakSet<object>()
  private readonly endAll: (responses: Iterable<ServerResponse>) => void

  /** @param endAll ends these, before the server closes */
  constructor(endAll: (responses: Iterable<ServerResponse>) => void) {
    this.endAll = guard('stream.close', endAll)
  }

  /** Whether the server of a request is on its way down. */
  isClosing(req: IncomingMessage): boolean {
    const server = serverOf(req)
    return server !== undefined && this.closing.has(server) && (server as { listening?: boolean }).listening !== true
  }

  watch(req: IncomingMessage, res: ServerResponse): void {
    const server = serverOf(req)
    if (server === undefined) return
    const held = this.held.get(server)
    if (held !== undefined) {
      held.responses.add(res)
      return
    }
    const responses = new Set([res])
    const { endAll, closing } = this
    const undo = patchMethod(
      server,
      'close',
      (close) =>
        function (this: unknown, ...args) {
          closing.add(server)
          endAll([...responses])
          return close.apply(this, args)
        },
    )
    this.held.set(server, { responses, undo })
  }

  release(res: ServerResponse): void {
    for (const [server, { responses, undo }] of this.held) {
      if (!responses.delete(res) || responses.size > 0) continue
      this.held.delete(server)
      undo()
    }
  }
}
