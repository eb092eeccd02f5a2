import type { Entry, SqlData } from '../contract/types.ts'
import { defineRule } from './rule.ts'
import { ms } from './words.ts'

/** One statement that took longer than the option `slowQueryMs`; those of one shape are one finding. */
export const slowQueryRule = defineRule({
  id: 'slow-query',
  thresholds: {},
  passes: ({ slowQueryMs }) => `No slow query (over ${ms(slowQueryMs)})`,
  check(view, { slowQueryMs }) {
    const slow = new Map<string, Entry<SqlData>[]>()
    for (const entry of view.entries as readonly Entry<SqlData>[]) {
      if (entry.type !== 'sql' || entry.data.kind !== 'query' || (entry.durationMs ?? 0) < slowQueryMs) continue
      const key = `${entry.data.connection}\n${entry.data.shape}`
      slow.set(key, [...(slow.get(key) ?? []), entry])
    }
    return [...slow.values()].map((entries) => {
      const worst = entries.reduce((a, b) => ((b.durationMs ?? 0) > (a.durationMs ?? 0) ? b : a))
      const placed = entries.find(({ site }) => site !== null && site.inferred !== true)
      return {
        severity: 'warning' as const,
        title: `Slow query: ${ms(worst.durationMs ?? 0)}`,
        evidence:
          entries.length === 1
            ? `One statement took ${ms(worst.durationMs ?? 0)} of the ${ms(view.summary.durationMs)} of the request.`
            : `${entries.length} statements of this shape took over ${ms(slowQueryMs)}, the slowest ${ms(worst.durationMs ?? 0)}.`,
        fix: 'Look at its plan in the SQL panel: an index for its filter, fewer rows or fewer columns make it faster.',
        site: placed?.site ?? null,
        entries: entries.map(({ id }) => id),
        key: `slow-query ${worst.data.shape.slice(0, 200)}`,
        facts: [['Statement', worst.data.shape.slice(0, 2_000)] as [string, string]],
      }
    })
  },
})
