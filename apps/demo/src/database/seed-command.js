import { reportStartError, toDatabaseError } from '../http/start-error.js'
import { connect, describeDatabase } from './connect.js'
import { prepareDatabase } from './prepare.js'

let db
try {
  db = connect(process.env.DATABASE_URL)
  const startedAt = performance.now()
  const { seeded } = await prepareDatabase(db)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${describeDatabase(db)}: ${seeded ? `seeded in ${seconds} s` : 'up to date'}`)
} catch (error) {
  reportStartError(db ? toDatabaseError(error, describeDatabase(db)) : error)
} finally {
  await db?.destroy()
}
