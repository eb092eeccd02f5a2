import { missingIndexRule } from './missing-index.ts'
import { nPlusOneRule } from './n-plus-one/index.ts'
import type { Rule } from './rule.ts'
import { slowQueryRule } from './slow-query.ts'

/** In the order their findings of one severity are shown. A new rule is its file and one line here. */
export const builtInRules: readonly Rule[] = [nPlusOneRule, slowQueryRule, missingIndexRule]
