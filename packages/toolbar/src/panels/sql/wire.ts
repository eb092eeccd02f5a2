import type { SqlColumns, SqlPanelData, SqlPanelWire } from './data.ts'

const toMicros = (ms: number): number => Math.round(ms * 1_000)

const toSteps = (values: readonly number[]): number[] =>
  values.map((value, index) => value - (index === 0 ? 0 : (values[index - 1] as number)))

function fromSteps(steps: readonly number[]): number[] {
  let sum = 0
  return steps.map((step) => {
    sum += step
    return sum
  })
}

/** As it is sent: whole numbers, ids and starts as steps. Times keep their microseconds. */
export function packSql(data: SqlPanelData): SqlPanelWire {
  const { id, startMs, durationMs, ...shared } = data.columns
  const columns = {
    ...shared,
    id: toSteps(id),
    start: toSteps(startMs.map(toMicros)),
    duration: durationMs.map((ms) => (ms === null ? -1 : toMicros(ms))),
  }
  return { ...data, columns }
}

/** What `packSql` packed. */
export function unpackSql(wire: SqlPanelWire): SqlPanelData {
  const { id, start, duration, ...shared } = wire.columns
  const columns: SqlColumns = {
    ...shared,
    id: fromSteps(id),
    startMs: fromSteps(start).map((micros) => micros / 1_000),
    durationMs: duration.map((micros) => (micros < 0 ? null : micros / 1_000)),
  }
  return { ...wire, columns }
}
