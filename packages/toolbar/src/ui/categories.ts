import type { EntryType, Spine } from '../contract/types.ts'

/** The hue of a kind of entry: a suffix of the `c-` (text) and `f-` (fill) classes. */
export type Hue = 'app' | 'sql' | 'tpl' | 'http' | 'cache' | 'event' | 'log' | 'web' | 'err'

const hues: Record<string, Hue> = {
  sql: 'sql',
  template: 'tpl',
  http: 'http',
  cache: 'cache',
  signal: 'event',
  log: 'log',
  exception: 'err',
  middleware: 'app',
  span: 'app',
}

export const toHue = (type: EntryType): Hue => hues[type] ?? 'log'

/** Order, hue and name of the parts of a spine: the same everywhere. */
export const spineParts: { key: keyof Spine; hue: Hue; label: string; panel: string }[] = [
  { key: 'sql', hue: 'sql', label: 'SQL', panel: 'sql' },
  { key: 'http', hue: 'http', label: 'HTTP client', panel: 'http' },
  { key: 'template', hue: 'tpl', label: 'Templates', panel: 'templates' },
  { key: 'cache', hue: 'cache', label: 'Cache', panel: 'cache' },
  { key: 'signal', hue: 'event', label: 'Signals', panel: 'signals' },
  { key: 'app', hue: 'app', label: 'Your code and middleware', panel: 'time' },
]
