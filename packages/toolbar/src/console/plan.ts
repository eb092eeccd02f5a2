import type { PlanNode } from '../contract/types.ts'

/** A step with what is not said left empty. */
export function planNode(label: string, known: Partial<PlanNode>): PlanNode {
  return {
    label,
    details: [],
    table: null,
    index: null,
    fullScan: false,
    rows: null,
    actualRows: null,
    cost: null,
    durationMs: null,
    loops: null,
    worst: false,
    children: [],
    ...known,
  }
}

/** All steps, each before its children. */
export function stepsOf(plan: PlanNode): PlanNode[] {
  const steps = [plan]
  for (let at = 0; at < steps.length; at++) steps.push(...(steps[at] as PlanNode).children)
  return steps
}

/** Marks the step to look at first: the largest time of its own, else cost, else the whole table with the most rows. */
export function markWorst(plan: PlanNode): PlanNode {
  const steps = stepsOf(plan)
  if (steps.length === 0) return plan
  const own = (figure: 'durationMs' | 'cost') => (step: PlanNode) =>
    (step[figure] ?? 0) - step.children.reduce((sum, child) => sum + (child[figure] ?? 0), 0)
  const score =
    (plan.durationMs ?? 0) > 0
      ? own('durationMs')
      : steps.some(({ cost }) => cost !== null)
        ? own('cost')
        : (step: PlanNode) => (step.fullScan ? 1e6 : 0) + (step.rows ?? 0) + (step.table === null ? 0 : 1)
  let worst = plan
  for (const step of steps) if (score(step) > score(worst)) worst = step
  worst.worst = true
  return plan
}

const number = (value: number): string => Math.round(value).toLocaleString('en-US')

/** What a plan says in plain words. */
export function notesOf(plan: PlanNode, tableRows: ReadonlyMap<string, number | null>): string[] {
  const notes = new Set<string>()
  for (const step of stepsOf(plan)) {
    const filtered = step.details.some((detail) => /^(?:Filter|Condition):/.test(detail))
    if (step.fullScan && step.table !== null) {
      const rows = tableRows.get(step.table) ?? (filtered ? null : step.rows)
      const all = rows === null ? 'all rows' : `all ${number(rows)} rows`
      notes.add(`Reads ${all} of ${step.table}${filtered ? ': no index serves the filter.' : '.'}`)
    }
    if (step.rows !== null && step.actualRows !== null) {
      const expected = Math.max(1, step.rows * (step.loops ?? 1))
      const came = Math.max(1, step.actualRows)
      if (step.table !== null && Math.max(expected / came, came / expected) >= 10 && Math.max(expected, came) >= 100)
        notes.add(
          `Expected ${number(expected)} rows of ${step.table}, got ${number(step.actualRows)}: ANALYZE ${step.table} brings its statistics up to date.`,
        )
    }
    if ((step.loops ?? 0) >= 100 && step.table !== null) notes.add(`Looks into ${step.table} ${number(step.loops ?? 0)} times.`)
    if (step.details.some((detail) => /external (?:merge|sort)|^Disk:/.test(detail)))
      notes.add('Sorts on disk: the rows do not fit into working memory.')
    if (/^USE TEMP B-TREE FOR (?:LAST TERM OF )?ORDER BY/.test(step.label)) notes.add('Sorts the rows: no index has them in this order.')
  }
  return [...notes]
}
