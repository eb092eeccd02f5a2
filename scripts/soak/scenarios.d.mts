export interface Row {
  what: string
  target: string | number
  seen: string
  ok: boolean
  /** only judged where nothing runs beside it */
  timing: boolean
}

export interface Scenario {
  id: string
  title: string
  sizes: Partial<Record<'short' | 'full' | 'soak', object>>
  run(size: object): Promise<Row[]>
}

export declare const scenarios: readonly Scenario[]
