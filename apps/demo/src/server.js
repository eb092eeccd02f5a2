import { createApp } from './app.js'
import { reportStartError, StartError, toListenError } from './http/start-error.js'

const port = Number(process.env.PORT || 3000)

try {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new StartError(`PORT is "${process.env.PORT}", which is no port number.`, 'Use one between 1 and 65535: PORT=3001 npm start.')
  }
  const { app, bus, close } = await createApp({ databaseUrl: process.env.DATABASE_URL })
  const server = app.listen(port, (error) => {
    if (error) {
      reportStartError(toListenError(error, port))
      return close()
    }
    const origin = `http://localhost:${server.address().port}`
    console.log(`
  Harbour & Quill is open.

    The shop                ${origin}/
    Things that go wrong    ${origin}/wrong
    The toolbar by itself   ${origin}/__debug__/
`)
    bus.emit('shop:opened')
  })
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.close()
      server.closeAllConnections()
      close().finally(() => process.exit(0))
    })
  }
} catch (error) {
  reportStartError(error)
}
