import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { debugToolbar } from 'debug-toolbar'
import express from 'express'
import session from 'express-session'
import helmet from 'helmet'
import { pino } from 'pino'
import { connect, describeDatabase } from './database/connect.js'
import { prepareDatabase } from './database/prepare.js'
import { createBus } from './events/bus.js'
import { notFound, showError } from './http/errors.js'
import { requestLog } from './http/request-log.js'
import { shopLocals, viewHelpers } from './http/shop-locals.js'
import { toDatabaseError } from './http/start-error.js'
import { shopRoutes } from './routes/index.js'
import { unguardedRoutes } from './routes/wrong/unguarded.js'

const inSource = (path) => fileURLToPath(new URL(path, import.meta.url))

/**
 * The whole shop, ready to listen; seeds its database first when that is empty or outdated.
 * @param {{ databaseUrl?: string, logger?: import('pino').Logger, toolbar?: boolean }} [options]
 */
export async function createApp({ databaseUrl, logger = pino(), toolbar: withToolbar = true } = {}) {
  const db = await openDatabase(databaseUrl, logger)
  const bus = createBus({ logger })
  const app = express()
  let toolbar

  if (withToolbar) {
    toolbar = debugToolbar({ watch: { main: db, logger, bus } })
    app.use(toolbar)
  }
  app.set('views', inSource('views'))
  app.set('view engine', 'ejs')
  app.disable('x-powered-by')
  Object.assign(app.locals, viewHelpers)

  app.use(helmet({ contentSecurityPolicy: false }))
  app.use('/assets', express.static(inSource('public'), { maxAge: '1h' }))
  app.use(express.urlencoded({ extended: false }))
  app.use(express.json())
  app.use(
    session({
      name: 'shop.sid',
      secret: randomBytes(32).toString('hex'),
      resave: false,
      saveUninitialized: false,
      cookie: { sameSite: 'lax', httpOnly: true },
    }),
  )
  app.use(requestLog({ logger }))
  app.use(shopLocals)
  app.use(shopRoutes({ db, bus, logger }))
  app.use(showError)
  app.use(unguardedRoutes())
  app.use(notFound)

  async function close() {
    toolbar?.close()
    bus.removeAllListeners()
    await db.destroy()
  }
  return { app, db, bus, toolbar, close }
}

async function openDatabase(databaseUrl, logger) {
  const db = connect(databaseUrl)
  try {
    await prepareDatabase(db, { onSeed: () => logger.info({ database: describeDatabase(db) }, 'seeding the shop') })
    return db
  } catch (error) {
    await db.destroy()
    throw toDatabaseError(error, describeDatabase(db))
  }
}
