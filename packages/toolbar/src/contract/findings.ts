import type { Preview, Site } from './types.ts'

/** How bad a finding is. */
export type Severity = 'error' | 'warning' | 'info'

/** What a rule says about a request. */
export interface Finding {
  /** id of the rule, e.g. `n-plus-one` */
  rule: string
  severity: Severity
  /** what happened, with a figure, e.g. `N+1: 50 queries from one loop` */
  title: string
  /** what was seen, with figures, in one or two sentences */
  evidence: string
  /** what to do about it, in one or two sentences */
  fix: string
  /** a captured place, never an inferred one */
  site: Site | null
  /** ids of the entries it is about */
  entries: number[]
  /** the same finding of another request has the same key: the rule, and the place or the shape of the SQL */
  key: string
  /** further evidence as rows of label and value; the label `Statement` has SQL */
  facts: [label: string, value: string][]
  /** lines of the user's source around the place */
  source: SourceExcerpt | null
  /** the change to make: of the user's own lines where they could be read, else of what it would look like */
  change: FindingChange | null
  /** what is left after the change, estimated from the timings; `null` where that cannot be said */
  effect: FindingEffect | null
}

/** Lines of a file. */
export interface SourceExcerpt {
  file: string
  firstLine: number
  /** the line it is about */
  line: number
  lines: string[]
}

/** A change as a diff. */
export interface FindingChange {
  /** `null` for an example that is not of a file */
  file: string | null
  /** number of the first line; 0 for an example */
  firstLine: number
  language: 'javascript' | 'sql'
  /** in order; the change to paste is the lines but for the removed ones */
  lines: { kind: 'same' | 'removed' | 'added'; text: string }[]
}

/** Before and after; the times are those of the request. */
export interface FindingEffect {
  queries: { before: number; after: number }
  durationMs: { before: number; after: number }
}

/** A rule that found nothing. */
export interface PassedCheck {
  rule: string
  /** e.g. `No slow query (over 100 ms)` */
  title: string
}

/** A step of a plan, as any database tells it. */
export interface PlanNode {
  /** e.g. `Seq Scan on books` */
  label: string
  /** e.g. `Filter: (isbn = $1)` */
  details: string[]
  /** table it reads, `null` for others */
  table: string | null
  /** index it uses */
  index: string | null
  /** reads the whole table */
  fullScan: boolean
  /** rows the planner expects */
  rows: number | null
  /** rows that came, all loops together; `null` without ANALYZE */
  actualRows: number | null
  /** total cost in the planner's own unit, children included */
  cost: number | null
  /** ms with ANALYZE, all loops, children included */
  durationMs: number | null
  loops: number | null
  /** the node to look at first: the largest cost or time of its own */
  worst: boolean
  children: PlanNode[]
}

/** Answer of `POST /requests/:id/entries/:entry/explain`. */
export interface ExplainAnswer {
  plan: PlanNode
  /** as the database printed it */
  text: string
  dialect: string
  /** whether it was run for it */
  analyzed: boolean
  durationMs: number
  /** what the plan says in plain words, e.g. `Reads all 10,000 rows of books: no index serves the filter.` */
  notes: string[]
}

/** Answer of `POST /requests/:id/entries/:entry/run`. */
export interface RunAnswer {
  columns: string[]
  /** the first 100 */
  rows: Preview[][]
  /** more rows or longer values than are shown */
  truncated: boolean
  durationMs: number
}
