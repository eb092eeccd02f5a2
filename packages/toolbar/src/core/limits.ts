/** Every buffer of the toolbar has a bound, and this is the list. All can be lowered or raised by the option `limits`. */
export interface Limits {
  /** entries kept per record and type; counts and times stay exact beyond. Default: sql 10,000, signal 2,000, log 1,000, others 500 */
  entries: Record<string, number>
  /** characters of one string value; those of SQL and log lines are held to the default. Default 10,000 */
  stringLength: number
  /** characters of one SQL text; held to the default for now. Default 100,000 */
  sqlLength: number
  /** nodes of one value of the app: keys, items. Default 200 */
  valueNodes: number
  /** levels of one value of the app. Default 6 */
  valueDepth: number
  /** keys or items shown per level. Default 50 */
  valueKeys: number
  /** characters of a JSON response body kept for the preview. Default 65,536 */
  bodyBytes: number
  /** bytes of one record, estimated; bodies, locals and arguments go first, then the last entries. Default 2 MiB */
  recordBytes: number
  /** stacks captured per record. Default 512 */
  stacks: number
  /** requests recorded at the same time; further ones count as dropped. Default 1,000 */
  inFlight: number
  /** how long a finished record waits for entries that are still open, in ms. Default 2,000 */
  sealMs: number
  /** open streams. Default 8 */
  streams: number
  /** entries kept of what ran outside of requests, the newest; twice as many for a while. Default 500 */
  outside: number
}

/** For types without a limit of their own. */
export const defaultEntryLimit = 500

export const defaultLimits: Limits = {
  entries: {
    sql: 10_000,
    signal: 2_000,
    log: 1_000,
    template: defaultEntryLimit,
    middleware: defaultEntryLimit,
    exception: defaultEntryLimit,
    span: defaultEntryLimit,
    cache: defaultEntryLimit,
    http: defaultEntryLimit,
  },
  stringLength: 10_000,
  sqlLength: 100_000,
  valueNodes: 200,
  valueDepth: 6,
  valueKeys: 50,
  bodyBytes: 65_536,
  recordBytes: 2 * 1024 * 1024,
  stacks: 512,
  inFlight: 1_000,
  sealMs: 2_000,
  streams: 8,
  outside: 500,
}
