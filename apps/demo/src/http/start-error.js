/** Something the person who starts the shop can fix: printed as one line, without a stack. */
export class StartError extends Error {
  constructor(what, fix, options) {
    super(`${what} ${fix}`, options)
    this.name = 'StartError'
  }
}

export function toListenError(error, port) {
  const another = `choose another port: PORT=${port + 1} npm start`
  if (error.code === 'EADDRINUSE') {
    return new StartError(
      `Port ${port} is in use by another program, so the shop cannot listen on it.`,
      `Stop that program, or ${another}.`,
      {
        cause: error,
      },
    )
  }
  if (error.code === 'EACCES') {
    return new StartError(`Port ${port} is not open to this user.`, 'Choose one above 1023: PORT=3001 npm start.', { cause: error })
  }
  return error
}

/** A mistake of the shop itself keeps its stack; what a driver or the file system reports becomes one line. */
export function toDatabaseError(error, database) {
  if ([StartError, TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error instanceof kind)) return error
  const said = error.message || error.errors?.[0]?.message || ''
  const reason = said.includes(error.code ?? '') ? said : `${said} (${error.code})`
  return new StartError(
    `The shop cannot use its database ${database}: ${reason.replace(/\s+/g, ' ')}.`,
    'Start the database, correct DATABASE_URL, or unset it for the SQLite file that comes with the shop.',
    { cause: error },
  )
}

export function reportStartError(error) {
  console.error(error instanceof StartError ? error.message : error)
  process.exitCode = 1
}
