import { StartError } from '../http/start-error.js'
import { createSchema, SCHEMA_VERSION, TABLES } from './schema.js'
import { seed } from './seed/seed.js'

/** Brings an empty or outdated database to this version of the shop; does nothing when it is there already. */
export async function prepareDatabase(db, { onSeed = () => {} } = {}) {
  const existing = []
  for (const table of TABLES) if (await db.schema.hasTable(table)) existing.push(table)
  if (existing.includes('shop_meta')) {
    const row = await db('shop_meta').where('name', 'schema_version').first()
    if (row?.value === SCHEMA_VERSION) return { seeded: false }
  } else if (existing.length > 0) {
    throw new StartError(
      `The database already has a table "${existing.at(-1)}" that is not this shop's.`,
      'Point DATABASE_URL at an empty database: the shop never drops what it did not make.',
    )
  }
  onSeed()
  for (const table of existing) await db.schema.dropTable(table)
  await createSchema(db)
  await db.transaction((trx) => seed(trx))
  await db('shop_meta').insert({ name: 'currency', value: 'EUR' })
  // Written last: a seed that was interrupted leaves no version behind and is done again.
  await db('shop_meta').insert({ name: 'schema_version', value: SCHEMA_VERSION })
  return { seeded: true }
}
