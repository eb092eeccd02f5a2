import { betterSqlite3Source } from './better-sqlite3.ts'
import { ejsSource } from './ejs.ts'
import { emitterSource } from './emitter.ts'
import { knexSource } from './knex.ts'
import { mysql2Source } from './mysql2.ts'
import { nodeSqliteSource } from './node-sqlite.ts'
import { pgSource } from './pg.ts'
import { pinoSource } from './pino.ts'
import type { Source } from './source.ts'

/** Specific shapes first: a knex is a function with `on` and `emit`, and many things are emitters. A new source is its file and one line here. */
export const sources: readonly Source[] = [
  knexSource,
  pgSource,
  mysql2Source,
  betterSqlite3Source,
  nodeSqliteSource,
  pinoSource,
  ejsSource,
  emitterSource,
]
