import type { Finding, PassedCheck, PlanNode } from '../contract/types.ts'
import type { Judge, RecordView } from '../core/emit.ts'
import { countFailure } from '../core/guard.ts'

/** Bounds a rule works with, by name; the name says the unit: `queries`, `minMs`, `rows`. */
export type Thresholds = Readonly<Record<string, number>>

/** What a rule may ask beside the record. */
export interface RuleContext {
  /** the rule's own, defaults filled in */
  readonly thresholds: Thresholds
  /** the option of that name */
  readonly slowQueryMs: number
  /** the plan of a query of this record: `null` when there is none, or not yet; asking has it explained, and the record is judged again then */
  planOf(entryId: number): PlanNode | null
  /** what the rules before this one say about the record: what is explained already need not be said twice */
  readonly earlier: readonly Finding[]
}

/** What a rule says; what is left out is empty. */
export type FindingDraft = Omit<Finding, 'rule' | 'facts' | 'source' | 'change' | 'effect'> &
  Partial<Pick<Finding, 'facts' | 'source' | 'change' | 'effect'>>

/** Reads a finished record and says what is wrong with it: what, evidence, how to fix it, where. A false alarm is a bug. */
export interface Rule {
  readonly id: string
  /** with their defaults; the option `rules` changes them */
  readonly thresholds: Thresholds
  /** the check in words, when it found nothing: `No slow query (over 100 ms)` */
  passes(context: Pick<RuleContext, 'thresholds' | 'slowQueryMs'>): string
  /** worst first, of which the first 50 are shown; must not change the view */
  check(view: RecordView, context: RuleContext): FindingDraft[]
}

/** Types the literal. */
export function defineRule(rule: Rule): Rule {
  return rule
}

/** What rules need of the process around them. */
export interface JudgeOptions {
  readonly slowQueryMs: number
  planOf(view: RecordView, entryId: number): PlanNode | null
}

/** Nobody reads more, and each may read source. */
export const maxOfRule = 50

const rank = { error: 0, warning: 1, info: 2 }

/** All rules over one record. A rule that throws is counted as a failure of ours, and the others go on. */
export function createJudge(rules: readonly Rule[], options: JudgeOptions): Judge {
  return (view) => {
    const findings: Finding[] = []
    const passed: PassedCheck[] = []
    for (const rule of rules) {
      const context: RuleContext = {
        thresholds: rule.thresholds,
        slowQueryMs: options.slowQueryMs,
        planOf: (entryId) => options.planOf(view, entryId),
        earlier: [...findings],
      }
      try {
        const drafts = rule.check(view, context)
        if (drafts.length === 0) passed.push({ rule: rule.id, title: rule.passes(context) })
        for (const draft of drafts.slice(0, maxOfRule))
          findings.push({ facts: [], source: null, change: null, effect: null, ...draft, rule: rule.id })
      } catch (error) {
        countFailure(`rule.${rule.id}`, error)
      }
    }
    findings.sort((a, b) => rank[a.severity] - rank[b.severity])
    return { findings, passed }
  }
}
