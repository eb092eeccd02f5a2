/** Something the person who starts the shop can fix: printed as one line, without a stack. */
export class StartError extends Error {
  constructor(what, fix, options) {
    super(`${what} ${fix}`, options)
    this.name = 'StartError'
  }
}

/** One line for any failure that stops the shop from starting: what happened, why, and what to do. */
export function toStartLine(error, { port, database } = {}) {
  if (error instanceof StartError) return error.message
  if (error.code === 'EADDRINUSE') {
    return `Port ${port} is in use, so the shop cannot listen on it. Stop the other program, or choose another port: PORT=${port + 1} npm start.`
  }
  if (error.code === 'EACCES' && error.syscall === 'listen') {
    return `Port ${port} needs more rights than this user has. Choose one above 1023: PORT=3001 npm start.`
  }
  const reason = error.code && !error.message.includes(error.code) ? `${error.message} (${error.code})` : error.message || error.code
  return `The shop cannot use its database ${database ?? ''}: ${reason.replace(/\s+/g, ' ')}. Start it, correct DATABASE_URL, or unset DATABASE_URL for the SQLite file that comes with the shop.`
}
