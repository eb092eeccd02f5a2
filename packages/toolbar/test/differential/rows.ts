/**
 * Where each way to break an app (R1 to R58) and each wish about the server (W) is tested, if not by a row of the tables beside this file.
 * `file` is below `packages/toolbar/test`.
 */
export const elsewhere: Readonly<Record<string, { what: string; file?: string; open?: true }>> = {
  R27: { what: 'Upgrade, WebSocket, CONNECT', file: 'differential/connections.test.ts' },
  R28: { what: 'clients that leave', file: 'differential/connections.test.ts' },
  R31: { what: 'faults in code of ours: the fault injector' },
  R33: { what: 'handlers of the process: the tests of the process' },
  R34: { what: 'domains and libraries like them: the tests of the process' },
  R35: { what: 'a context that is lost in drivers', file: 'drivers' },
  R36: { what: 'what is kept alive by contexts: the tests of the process' },
  R37: { what: 'one context for each process: the tests of the process' },
  R38: { what: 'patches and their undoing: the tests of the process' },
  R40: { what: 'timers and sockets that keep a process alive: the tests of the process' },
  R41: { what: 'signals: the tests of the process' },
  R42: { what: 'stores that are shared by processes', open: true },
  R43: { what: 'worker threads', open: true },
  R44: { what: 'restarts of the app under an open page', open: true },
  R48: { what: 'bytes and order of log lines', file: 'pino.test.ts' },
  R50: { what: 'results and errors of drivers', file: 'drivers' },
  R51: { what: 'cursors, streams, transactions of drivers', file: 'drivers' },
  R52: { what: 'the clock: all times are monotonic', file: 'everything.test.ts' },
  R53: { what: 'the page: CSS and globals, in the browser' },
  R54: { what: 'the page: fetch, XHR and history, in the browser' },
  R55: { what: 'the page: its speed, in the browser' },
  R56: { what: 'the page: back and forward, base, in the browser' },
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
