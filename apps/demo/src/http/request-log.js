/** One line per request, and `req.log` for the lines in between, all with the same id. */
export function requestLog({ logger }) {
  let last = 0
  return function logRequest(req, res, next) {
    last += 1
    const startedAt = performance.now()
    req.log = logger.child({ requestId: last })
    res.on('finish', () => {
      const durationMs = Math.round(performance.now() - startedAt)
      req.log.info({ method: req.method, path: req.originalUrl, status: res.statusCode, durationMs }, 'request')
    })
    next()
  }
}
