import { bigPages, bigUploads } from './scenarios/big-bodies.mjs'
import { aborts, hung, markers } from './scenarios/concurrent.mjs'
import { manyLines, manyQueries } from './scenarios/heavy-request.mjs'
import { manyRequests } from './scenarios/many-requests.mjs'
import { idle, usual } from './scenarios/overhead.mjs'
import { regexes } from './scenarios/regexes.mjs'
import { abuse, blocked, manyStreams, shutdown } from './scenarios/streams.mjs'
import { clockJumps, longHeads, noFilesLeft, nowhereToWrite, smallHeap } from './scenarios/surroundings.mjs'

/**
 * What the toolbar must hold. A scenario is `{ id, title, sizes, run(size) }` and answers rows of `{ what, target, seen, ok }`; its sizes
 * are `short` (for `npm test`), `full` (`npm run test:full`) and `soak` (`npm run soak`). Without a size it is left out there.
 */
export const scenarios = [
  manyRequests,
  idle,
  usual,
  manyQueries,
  manyLines,
  bigPages,
  bigUploads,
  markers,
  hung,
  aborts,
  blocked,
  manyStreams,
  abuse,
  shutdown,
  nowhereToWrite,
  clockJumps,
  noFilesLeft,
  smallHeap,
  longHeads,
  regexes,
]
