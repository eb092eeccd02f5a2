import type { Finding, RequestSummary } from '../../contract/types.ts'
import { formatCount, formatMs, formatPlural } from '../../ui/format.ts'
import { Detail, type DetailTab } from '../../ui/Split.tsx'
import { DetailFix } from './DetailFix.tsx'
import { DetailPlan } from './DetailPlan.tsx'
import { DetailQuery } from './DetailQuery.tsx'
import { DetailResult } from './DetailResult.tsx'
import { DetailStack } from './DetailStack.tsx'
import type { SqlPanelData } from './data.ts'
import type { Answers } from './use-answers.ts'
import type { SqlRow } from './view-rows.ts'

function Head({ data, row, hue }: { data: SqlPanelData; row: SqlRow; hue: string }) {
  const { columns } = data
  const { index, members } = row
  if (members)
    return (
      <>
        <span class="chip sim l" style={{ '--g': hue }}>
          ×{formatCount(members.length)} similar
        </span>
        <span class="m3 trunc">
          {formatCount((members[0] ?? 0) + 1)} to {formatCount((members.at(-1) ?? 0) + 1)},{' '}
          {formatMs(members.reduce((sum, member) => sum + (columns.durationMs[member] ?? 0), 0))}
        </span>
      </>
    )
  const duration = columns.durationMs[index] ?? null
  const rows = columns.rows[index] ?? null
  return (
    <>
      <span class="b">Query {formatCount(index + 1)}</span>
      <span class="m3 trunc">
        {duration === null ? 'running' : formatMs(duration)}
        {rows !== null && `, ${formatPlural(rows, 'row')}`}
      </span>
    </>
  )
}

export interface SqlDetailProps {
  data: SqlPanelData
  row: SqlRow
  request: RequestSummary
  /** those that are about the row */
  findings: readonly Finding[]
  hue: string
  answers: Answers
  /** `null` before one was chosen */
  tab: string | null
  onTab(tab: string): void
  onStep(direction: 1 | -1): void
}

/** One query, or what the queries of a group have in common. */
export function SqlDetail({ data, row, request, findings, hue, answers, tab, onTab, onStep }: SqlDetailProps) {
  const { columns, sites } = data
  const { index, members } = row
  const entry = columns.id[index] ?? 0
  const site = sites[columns.site[index] ?? -1] ?? null
  const tabs: DetailTab[] = [
    { id: 'query', label: 'Query', content: () => <DetailQuery {...{ data, row, request, answers, onTab }} /> },
    {
      id: 'stack',
      label: 'Stack',
      content: () => <DetailStack entry={entry} site={site} inferred={columns.inferred[index] === 1} answers={answers} />,
    },
    { id: 'plan', label: 'Plan', content: () => <DetailPlan key={entry} entry={entry} answers={answers} /> },
    { id: 'result', label: 'Result', content: () => <DetailResult entry={entry} answers={answers} /> },
  ]
  if (findings.length > 0) tabs.unshift({ id: 'fix', label: 'Fix', content: () => <DetailFix findings={findings} request={request} /> })
  return (
    <Detail
      label="Query details"
      head={<Head data={data} row={row} hue={hue} />}
      tabs={tabs}
      // what a group is for is its fix
      tab={tab ?? (members ? tabs[0]?.id : 'query')}
      onTab={onTab}
      onStep={onStep}
    />
  )
}
