import path from 'node:path'
import { read } from './source.ts'

/** What is read of a client for its label. */
interface NamedClient {
  config: { connection?: unknown }
  dialect: string
}

/** The dialect's usual name. */
export function toDialect(dialect: string): string {
  return dialect === 'sqlite3' ? 'sqlite' : dialect
}

/** The database of the connection, or the dialect; never a host, user or password. */
export function databaseName(client: NamedClient): string {
  const { connection } = client.config
  const name =
    typeof connection === 'string' ? fromUrl(connection) : (read(connection, 'database') ?? fromUrl(read(connection, 'connectionString')))
  if (typeof name === 'string' && name !== '') return name
  const file = read(connection, 'filename')
  if (typeof file === 'string' && file !== '') return file.startsWith(':') ? file : path.basename(file)
  return toDialect(client.dialect)
}

function fromUrl(url: unknown): string | undefined {
  if (typeof url !== 'string') return undefined
  try {
    return decodeURIComponent(new URL(url).pathname.slice(1)) || undefined
  } catch {
    return undefined
  }
}
