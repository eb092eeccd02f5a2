export interface MiddlewareTime {
  id: number
  parentId: number | null
  name: string
  kind: string
  path: string
  /** `file:line`, absolute path */
  site: { file: string; line: number; column: number } | null
  startMs: number
  /** until it called next() or answered */
  durationMs: number | null
  /** without what ran inside of it: other middleware, queries, renders, spans */
  ownMs: number
  sqlMs: number
  queries: number
}

export interface TimePanelData {
  wallMs: number
  cpuUserMs: number
  cpuSystemMs: number
  /** share of the request in which the event loop was busy, 0 to 1 */
  eventLoopUtilization: number
  /** longest the loop was held up during the request */
  eventLoopDelayMs: number
  heapUsedBytes: number
  /** over the whole process, other requests included */
  heapDeltaBytes: number
  /** other requests that overlapped this one: the process figures include them */
  concurrent: number
  times: Record<string, number>
  middleware: MiddlewareTime[]
}
