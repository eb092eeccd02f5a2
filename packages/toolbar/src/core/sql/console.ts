/**
 * How connections of the toolbar's own are made to a database that the app watches: EXPLAIN and running a query again never touch
 * a connection, a pool or a transaction of the app.
 */
export type SqlConsole =
  /** `connect` resolves to a connected client of `pg` that is nobody else's */
  | { readonly driver: 'pg'; connect(): Promise<object> }
  /** `connect` resolves to a connection of `mysql2` with callbacks */
  | { readonly driver: 'mysql2'; connect(): Promise<object> }
  /** `Database` is the class of the copy in use; `file` is `:memory:` or empty where there is none */
  | { readonly driver: 'better-sqlite3'; readonly file: string; readonly Database: unknown }
  | { readonly driver: 'node:sqlite'; readonly file: string }
