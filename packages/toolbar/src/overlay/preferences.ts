import { effect, type Signal, signal } from '@preact/signals'

export const barDocks = ['b', 't', 'l', 'r', 'bl', 'br', 'tl', 'tr'] as const
export type BarDock = (typeof barDocks)[number]

/** What is remembered in the browser: how the toolbar looks, never what it showed. */
export interface Preferences {
  /** `null`: as the server's options say */
  theme: 'auto' | 'light' | 'dark' | null
  dock: 'bottom' | 'right' | null
  /** px, 0 is the default */
  height: number
  width: number
  open: boolean
  panel: string
  barDock: BarDock
  barShape: 'bar' | 'pill'
  stepAside: boolean
  /** share of the detail pane, in percent; 0 is the default */
  split: number
  grouped: boolean
  sqlSort: string
  /** rows between queries for the time without them */
  gaps: boolean
  /** keys of findings, oldest first */
  ignored: readonly string[]
  /** URL template of an editor, `null`: as the server's options say */
  editor: string | null
}

const KEY = 'debug-toolbar:v1'
const WRITE_DELAY_MS = 250
/** The oldest give way: storage is small, and shared with the page. */
export const MAX_IGNORED = 200

const oneOf =
  <Value>(...values: readonly Value[]) =>
  (value: unknown): value is Value =>
    values.includes(value as Value)
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
const isNumber = (min: number, max: number) => (value: unknown) => typeof value === 'number' && value >= min && value <= max
const isText = (value: unknown) => typeof value === 'string' && value.length < 500

/** Default and check of each field: a bad one falls back by itself and leaves the others. */
const fields: { [Key in keyof Preferences]: [Preferences[Key], (value: unknown) => boolean] } = {
  theme: [null, oneOf(null, 'auto', 'light', 'dark')],
  dock: [null, oneOf(null, 'bottom', 'right')],
  height: [0, isNumber(0, 10_000)],
  width: [0, isNumber(0, 10_000)],
  open: [false, isBoolean],
  panel: ['timeline', (value) => typeof value === 'string' && /^[a-z-]{1,40}$/.test(value)],
  barDock: ['b', oneOf(...barDocks)],
  barShape: ['bar', oneOf('bar', 'pill')],
  stepAside: [true, isBoolean],
  split: [0, isNumber(0, 100)],
  grouped: [true, isBoolean],
  sqlSort: ['', (value) => typeof value === 'string' && /^([a-z]+ (1|-1))?$/.test(value)],
  gaps: [true, isBoolean],
  ignored: [
    [],
    (value) => Array.isArray(value) && value.length <= MAX_IGNORED && value.every((key) => typeof key === 'string' && key.length <= 600),
  ],
  editor: [null, (value) => value === null || isText(value)],
}

/** Preferences from what was stored, whatever that is. */
export function readPreferences(text: string | null): Preferences {
  let stored: unknown = null
  try {
    stored = JSON.parse(text ?? 'null')
  } catch {
    // somebody else's text: all defaults
  }
  const values = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>
  const entries = Object.entries(fields).map(([key, [initial, valid]]) => [
    key,
    Object.hasOwn(values, key) && valid(values[key]) ? values[key] : initial,
  ])
  return Object.fromEntries(entries) as Preferences
}

export interface PreferenceStore {
  value: Signal<Preferences>
  set(change: Partial<Preferences>): void
  /** why nothing is kept beyond this page, if so */
  problem: Signal<string | null>
  /** writes what is waiting */
  flush(): void
}

/** Preferences in `localStorage`; where that is blocked or full they live as long as the page. */
export function createPreferences(storage: () => Storage): PreferenceStore {
  const problem = signal<string | null>(null)
  const attempt = <Result>(action: (store: Storage) => Result): Result | null => {
    try {
      return action(storage())
    } catch (error) {
      problem.value = error instanceof Error ? error.name : 'unavailable'
      return null
    }
  }
  const value = signal(readPreferences(attempt((store) => store.getItem(KEY))))
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    attempt((store) => store.setItem(KEY, JSON.stringify(value.peek())))
  }
  let first = true
  effect(() => {
    value.value
    if (!first) {
      clearTimeout(timer)
      timer = setTimeout(flush, WRITE_DELAY_MS)
    }
    first = false
  })
  return {
    value,
    problem,
    flush: () => timer !== undefined && flush(),
    set: (change) => {
      value.value = { ...value.peek(), ...change }
    },
  }
}
