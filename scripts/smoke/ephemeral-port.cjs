/**
 * Preloaded into an app under test, which stays exactly as it was pasted: its `listen(3000)` gets a free port of the loopback
 * and the parent hears which.
 */
const { Server } = require('node:net')

const { listen } = Server.prototype
Server.prototype.listen = function (...args) {
  this.once('listening', () => process.send?.({ port: this.address().port }))
  const callback = args.find((arg) => typeof arg === 'function')
  return listen.call(this, 0, '127.0.0.1', ...(callback ? [callback] : []))
}
process.on('disconnect', () => process.exit(0))
