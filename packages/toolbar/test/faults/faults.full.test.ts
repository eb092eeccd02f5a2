import { describe } from 'vitest'
import { reachable } from '../../../../scripts/services.mjs'
import { failuresOfOurs } from './failures.ts'

describe.skipIf(!(await reachable('pg')) || !(await reachable('mysql')))('a failure of ours, with all steps in all ways', () =>
  failuresOfOurs(Number.POSITIVE_INFINITY),
)
