import { closeResponse, type ResponseState } from './response.ts'

/**
 * Responses that are observed and not closed. A list in which each knows its place: entering and leaving it is a part of what a request
 * costs, and a Set takes longer for both.
 */
export class OpenResponses {
  private readonly states: ResponseState[] = []
  private isClosing = false

  add(state: ResponseState): void {
    state.place = this.states.length
    this.states.push(state)
  }

  [Symbol.iterator](): Iterator<ResponseState> {
    return [...this.states].values()
  }

  remove(state: ResponseState): void {
    if (this.states[state.place] !== state) return
    const last = this.states.pop() as ResponseState
    if (last === state) return
    this.states[state.place] = last
    last.place = state.place
  }

  /** Closes what waits on the same connection, when one was cut: Node tells only the response that has the socket. */
  closeCut({ asked }: ResponseState): void {
    if (this.isClosing || asked.httpVersionMajor !== 1 || asked.socket?.destroyed !== true) return
    this.isClosing = true
    try {
      for (const state of this) if (state.asked.socket === asked.socket) closeResponse(state)
    } finally {
      this.isClosing = false
    }
  }

  /** Closes those whose end was not heard, since the app has taken `emit` from us: they would fill the room there is. */
  closeEnded(): void {
    for (const state of this) if (state.res.writableFinished || state.res.destroyed) closeResponse(state)
  }
}
