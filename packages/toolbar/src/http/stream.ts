import type { IncomingMessage, ServerResponse } from 'node:http'
import { encode } from '../core/encode.ts'
import { faults, onFailure } from '../core/guard.ts'
import type { Recorder } from '../core/recorder.ts'
import { sendEnd, sendHead, sendPart, sendProblem } from './reply.ts'
import { ServerClosings } from './server-closings.ts'

/**
 * Summaries as they happen, for overlays that are visible. Streams never keep the process alive, are few, and one that does not read
 * is closed: it catches up from the list when it comes back.
 */
export class StreamHub {
  private readonly open_ = new Set<ServerResponse>()
  private readonly recorder: Recorder
  private readonly version: string
  private readonly connections = new UnrefConnections()
  private readonly closings = new ServerClosings((responses) => this.end(responses))
  private undo: (() => void)[] = []
  private faultNoted = false
  private heartbeat: NodeJS.Timeout | null = null

  constructor(recorder: Recorder, version: string) {
    this.recorder = recorder
    this.version = version
  }

  get size(): number {
    return this.open_.size
  }

  open(req: IncomingMessage, res: ServerResponse): void {
    const { streams } = this.recorder.options.limits
    if (this.closings.isClosing(req)) {
      sendProblem(req, res, { status: 503, code: 'CLOSING', message: 'the server is shutting down.', hangUp: true })
      return
    }
    if (this.open_.size >= streams) {
      sendProblem(req, res, {
        status: 503,
        code: 'TOO_MANY_STREAMS',
        message: `${streams} streams are open already; close a tab, or raise limits.streams.`,
        headers: { 'Retry-After': '5' },
      })
      return
    }
    sendHead(res, 200, {
      'Cache-Control': 'no-store, no-transform',
      'Content-Type': 'text/event-stream; charset=utf-8',
      'X-Accel-Buffering': 'no',
    })
    if (req.method === 'HEAD') {
      sendEnd(res)
      return
    }
    if (this.open_.size === 0) this.listen()
    this.open_.add(res)
    this.closings.watch(req, res)
    const release = this.connections.hold(connectionOf(req))
    res.on('close', () => {
      release()
      this.drop(res)
    })
    res.on('error', () => this.drop(res))
    this.write(res, 'hello', { seq: this.recorder.lastSeq, counts: this.recorder.counts(), version: this.version, faults: faults() })
  }

  /** Ends all streams. */
  close(): void {
    this.end([...this.open_])
  }

  private end(responses: Iterable<ServerResponse>): void {
    for (const res of responses) {
      sendEnd(res)
      this.drop(res)
    }
  }

  private listen(): void {
    this.undo = [
      this.recorder.bus.on('request', (summary) => this.toAll('request', summary)),
      this.recorder.bus.on('cleared', (event) => this.toAll('cleared', event)),
      this.recorder.bus.on('gone', (event) => this.toAll('gone', event)),
      onFailure(this.noteFault),
    ]
    this.heartbeat = setInterval(() => {
      for (const res of this.open_) sendPart(res, ': \n\n')
    }, 15_000).unref()
  }

  /** Failures come in crowds: told once for all of a turn. */
  private readonly noteFault = (): void => {
    if (this.faultNoted) return
    this.faultNoted = true
    setImmediate(() => {
      this.faultNoted = false
      this.toAll('faults', faults())
    })
  }

  private silence(): void {
    for (const undo of this.undo) undo()
    this.undo = []
    if (this.heartbeat !== null) clearInterval(this.heartbeat)
    this.heartbeat = null
  }

  private drop(res: ServerResponse): void {
    if (!this.open_.delete(res)) return
    this.closings.release(res)
    if (this.open_.size === 0) this.silence()
  }

  private toAll(name: string, data: unknown): void {
    if (this.open_.size === 0) return
    const text = `event: ${name}\ndata: ${encode(data)}\n\n`
    for (const res of this.open_) this.send(res, text)
  }

  private write(res: ServerResponse, name: string, data: unknown): void {
    this.send(res, `event: ${name}\ndata: ${encode(data)}\n\n`)
  }

  private send(res: ServerResponse, text: string): void {
    if (res.writableLength > maxBacklog) {
      // an end would wait behind what is not being read
      res.destroy()
      this.drop(res)
    } else sendPart(res, text)
  }
}

interface Connection {
  ref?(): unknown
  unref?(): unknown
}

/** Of HTTP/2 the session: its streams have it in common, and `req.socket` is another object for each. */
const connectionOf = (req: IncomingMessage): Connection =>
  (req as unknown as { stream?: { session?: Connection } }).stream?.session ?? req.socket

/** Connections without a reference, as long as a stream is open on them: an open toolbar must not hold up the exit of the app. */
class UnrefConnections {
  private readonly streams = new Map<Connection, number>()

  /** @returns to be called once, when the stream is closed */
  hold(connection: Connection): () => void {
    const count = this.streams.get(connection) ?? 0
    this.streams.set(connection, count + 1)
    if (count === 0) connection.unref?.()
    return () => {
      const left = (this.streams.get(connection) ?? 1) - 1
      if (left > 0) this.streams.set(connection, left)
      else {
        this.streams.delete(connection)
        connection.ref?.()
      }
    }
  }
}

/** bytes a reader may lag behind */
const maxBacklog = 1024 * 1024
