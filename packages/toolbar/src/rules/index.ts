import { duplicateQueryRule } from './duplicate-query/index.ts'
import { countByLoadingRule, existsByLoadingRule } from './loading/index.ts'
import { longTransactionRule } from './long-transaction.ts'
import { missingIndexRule } from './missing-index.ts'
import { nPlusOneRule } from './n-plus-one/index.ts'
import { poolStarvedRule } from './pool-starved.ts'
import type { Rule } from './rule.ts'
import { selectStarRule } from './select-star.ts'
import { sequentialAwaitsRule } from './sequential-awaits.ts'
import { slowQueryRule } from './slow-query.ts'
import { unboundedSelectRule } from './unbounded-select.ts'

/** In the order their findings of one severity are shown; later ones know what earlier ones said. A new rule is its file and one line here. */
export const builtInRules: readonly Rule[] = [
  nPlusOneRule,
  duplicateQueryRule,
  slowQueryRule,
  countByLoadingRule,
  existsByLoadingRule,
  selectStarRule,
  unboundedSelectRule,
  longTransactionRule,
  poolStarvedRule,
  sequentialAwaitsRule,
  missingIndexRule,
]
