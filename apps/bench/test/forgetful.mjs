/** A toolbar that leaves out each second request of a burst. */
import { debugToolbar } from 'debug-toolbar'

export const configuration = {
  middleware({ databases, logger, bus }) {
    const toolbar = debugToolbar({ watch: [...databases, logger, bus] })
    let lastMs = 0
    let asked = 0
    return [
      (req, res, next) => {
        const isIdle = performance.now() - lastMs > 20
        lastMs = performance.now()
        if (isIdle || asked++ % 2 === 0 || req.path.startsWith('/__debug__')) toolbar(req, res, next)
        else next()
      },
    ]
  },
}
