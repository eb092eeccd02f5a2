/**
 * Where each way to break an app (R1 to R58) and each wish about the server (W) is tested, if not by a row of the tables beside this file.
 * `file` is below `packages/toolbar/test`.
 */
export const elsewhere: Readonly<Record<string, { what: string; file: string }>> = {
  R27: { what: 'Upgrade, WebSocket, CONNECT', file: 'differential/connections.test.ts' },
  R28: { what: 'clients that leave', file: 'differential/connections.test.ts' },
  R31: { what: 'faults in code of ours', file: 'faults/faults.test.ts' },
  R33: { what: 'handlers of the process', file: 'process/endings.test.ts' },
  R34: { what: 'domains', file: 'process/endings.test.ts' },
  R35: { what: 'a context that is lost in drivers', file: 'drivers' },
  R36: { what: 'what is kept alive by contexts', file: 'memory.test.ts' },
  R37: { what: 'one context for each process', file: 'process/restored.test.ts' },
  R38: { what: 'patches and their undoing', file: 'process/restored.test.ts' },
  R40: { what: 'timers and sockets that keep a process alive', file: 'process/endings.test.ts' },
  R41: { what: 'signals', file: 'process/endings.test.ts' },
  R42: { what: 'processes of a cluster; there is no store that they share yet', file: 'process/endings.test.ts' },
  R43: { what: 'worker threads', file: 'process/endings.test.ts' },
  R44: { what: 'restarts of the app under an open page', file: '../../../apps/demo/e2e/page-life.e2e.ts' },
  R48: { what: 'bytes and order of log lines', file: 'pino.test.ts' },
  R50: { what: 'results and errors of drivers', file: 'drivers' },
  R51: { what: 'cursors, streams, transactions of drivers', file: 'drivers' },
  R52: { what: 'the clock: all times are monotonic', file: 'everything.test.ts' },
  R53: { what: 'the page: CSS and globals, in the browser', file: '../../../apps/demo/e2e/page-side.e2e.ts' },
  R54: { what: 'the page: fetch, XHR and history, in the browser', file: '../../../apps/demo/e2e/page-side.e2e.ts' },
  R55: { what: 'the page: layout shift; the size of what is loaded has a limit of its own', file: '../../../apps/demo/e2e/bar.e2e.ts' },
  R56: { what: 'the page: back and forward, base, in the browser', file: '../../../apps/demo/e2e/page-life.e2e.ts' },
  W14: { what: 'queries of interleaved requests', file: 'drivers' },
  W19: { what: 'values that bite', file: '../src/core/preview.test.ts' },
  W20: { what: 'builders that are thenables', file: 'knex.test.ts' },
  W27: { what: 'upgrades passed through middlewares, test doubles', file: 'differential/connections.test.ts' },
  T70: { what: 'room in the head', file: 'differential/connections.test.ts' },
  T75: { what: 'where an answer ends', file: 'differential/connections.test.ts' },
}

const upTo = (letter: string, last: number): string[] => Array.from({ length: last }, (_value, index) => `${letter}${index + 1}`)

/** Ids that have to be accounted for. */
export const allRows: readonly string[] = [
  ...upTo('R', 58),
  ...upTo('W', 15),
  'W19',
  'W20',
  'W27',
  'W28',
  'W30',
  'T69',
  'T70',
  'T71',
  'T75',
]
