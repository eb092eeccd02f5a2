import type { ExplainAnswer, PlanNode, Preview, RunAnswer } from '../contract/types.ts'
import { round, type ViewOptions } from './emit.ts'
import type { RawSql } from './entries/sql.ts'
import { preview } from './preview.ts'
import { sizeOfPreview } from './preview-size.ts'
import type { Redactor } from './redact.ts'
import { findSqlSecrets } from './sql/secrets.ts'
import { tokenize } from './sql/tokens.ts'

/** Rows of a database on their way out: pictured, masked by the names of their columns, and bounded. */

const shown = { rows: 100, cellLength: 2_000, bytes: 1_000_000 }
const cell = { valueNodes: 200, valueDepth: 4, valueKeys: 50, stringLength: shown.cellLength }

interface Found {
  readonly columns: readonly { readonly name: string; readonly origin: string | null }[]
  readonly rows: readonly (readonly unknown[])[]
  readonly durationMs: number
}

/** @param raw the query that they are of */
export function toRunAnswer({ columns, rows, durationMs }: Found, raw: RawSql, { redactor }: ViewOptions): RunAnswer {
  const named = namesSecret(raw, redactor)
  const secret = columns.map(
    ({ name, origin }) => redactor.isSecretKey(name, 'text') || (origin !== null && redactor.isSecretKey(origin, 'text')),
  )
  const masked: Preview = { $: 'masked', v: redactor.mask }
  const answer: Preview[][] = []
  let truncated = rows.length > shown.rows
  let bytes = 0
  for (const row of rows.slice(0, shown.rows)) {
    const pictures = row.map((value, index): Preview => {
      if (value === null) return null
      if (secret[index] === true) return masked
      // made of columns of which one is secret, and not to be told from it
      if (named && columns[index]?.origin == null && typeof value !== 'number' && typeof value !== 'boolean' && typeof value !== 'bigint')
        return masked
      const long = typeof value === 'string' && value.length > shown.cellLength
      truncated ||= long
      // masked before it is cut: half a secret is one too
      return preview(
        typeof value === 'string'
          ? redactor.text(long ? value.slice(0, 4 * shown.cellLength) : value)
          : (redactor.value(preview(value, cell)) as never),
        cell,
      )
    })
    bytes += pictures.reduce((sum: number, picture) => sum + sizeOfPreview(picture), 0)
    if (bytes > shown.bytes) {
      truncated = true
      break
    }
    answer.push(pictures)
  }
  return { columns: columns.map(({ name }) => redactor.text(name)), rows: answer, truncated, durationMs: round(durationMs) }
}

/** Whether a statement has a name in it that is one of a secret. */
function namesSecret({ sql, database }: RawSql, redactor: Redactor): boolean {
  return tokenize(sql, database.dialect).some(({ kind, start, end }) => {
    if (kind !== 'word' && kind !== 'quoted') return false
    return redactor.isSecretKey(kind === 'word' ? sql.slice(start, end) : sql.slice(start + 1, end - 1), 'text')
  })
}

interface Plan {
  readonly plan: PlanNode
  readonly text: string
  readonly analyzed: boolean
  readonly durationMs: number
  readonly notes: readonly string[]
}

/** Plans repeat the values of a query, those of secret columns too. */
export function toExplainAnswer({ plan, text, analyzed, durationMs, notes }: Plan, raw: RawSql, { redactor }: ViewOptions): ExplainAnswer {
  const { dialect } = raw.database
  const secrets = findSqlSecrets(raw.sql, dialect, redactor)
  const values = [...secrets.params].flatMap((index) => raw.params[index])
  const hidden = [...secrets.literals, ...values.filter((value) => typeof value === 'string')] as string[]
  const forms = hidden
    .filter((value) => value !== '')
    .flatMap((value) => [value, value.replaceAll("'", "''"), value.replaceAll("'", "\\'")])
  const mask = (value: string): string => redactor.text(forms.reduce((masked, form) => masked.replaceAll(form, redactor.mask), value))
  return { plan: maskStep(plan, mask), text: mask(text), dialect, analyzed, durationMs: round(durationMs), notes: notes.map(mask) }
}

function maskStep(step: PlanNode, mask: (text: string) => string): PlanNode {
  return {
    ...step,
    label: mask(step.label),
    details: step.details.map(mask),
    children: step.children.map((child) => maskStep(child, mask)),
  }
}
