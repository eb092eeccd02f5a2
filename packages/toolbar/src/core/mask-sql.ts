import type { PoolState, Preview, SqlData } from '../contract/types.ts'
import { beginningOf } from './cut-text.ts'
import type { Redactor } from './redact.ts'
import { findSqlSecrets } from './sql/secrets.ts'

/** What masking made of one text. */
interface MaskedText {
  sql: string
  shape: string
  /** positions of secret parameters */
  params: ReadonlySet<number>
}

/** Masks the queries of one record: secrets by the columns they stand for. Texts that repeat are masked once. */
export function createSqlMask(redactor: Redactor): (data: SqlData) => SqlData {
  const known = new Map<string, MaskedText>()
  const masked: Preview = { $: 'masked', v: redactor.mask }

  const maskText = (data: SqlData): MaskedText => {
    const secrets = findSqlSecrets(data.sql, data.dialect, redactor)
    return { sql: redactor.text(secrets.text), shape: redactor.text(data.shape), params: secrets.params }
  }
  const maskPool = (pool: PoolState, dialect: string): PoolState => ({
    ...pool,
    holders: pool.holders.map((holder) => ({
      ...holder,
      sql: beginningOf(redactor.text(findSqlSecrets(holder.sql, dialect, redactor).text), 300),
    })),
  })

  return (data) => {
    let text = known.get(data.sql)
    if (text === undefined) {
      text = maskText(data)
      known.set(data.sql, text)
    }
    const { params } = text
    return {
      ...data,
      sql: text.sql,
      connection: redactor.text(data.connection),
      shape: text.shape,
      params: data.params.map((param, index) => (params.has(index) ? masked : redactor.value(param))),
      error: data.error === null ? null : { code: data.error.code, message: redactor.text(data.error.message) },
      pool: data.pool === null ? null : maskPool(data.pool, data.dialect),
    }
  }
}
