/** Insides of the built package, for tests and scripts of this repository: built with it, so that they are the very ones that run, and not published. */
export { Console } from './console/console.ts'
export type { ConsoleProblem } from './console/problem.ts'
export { context } from './core/context.ts'
export type { RawSql } from './core/entries/sql.ts'
export { allHooks, type Fault, maxInARow, resetHooks, setFault } from './core/guard.ts'
export { defaultLimits } from './core/limits.ts'
export { servingOf } from './core/serving.ts'
export { toConsole } from './sources/knex-client.ts'
