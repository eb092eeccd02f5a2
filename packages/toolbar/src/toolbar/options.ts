import type { IncomingMessage } from 'node:http'
import type { StackOptions } from '../core/call-sites.ts'
import type { Limits } from '../core/limits.ts'
import type { RedactOptions } from '../core/redact.ts'
import type { Store } from '../core/store.ts'
import type { Panel } from '../panels/panel.ts'
import type { Rule } from '../rules/rule.ts'

/** A prefix of the path, an expression it matches (without the `g` flag), or a function that must not throw. */
export type IgnoreRule = string | RegExp | ((req: IncomingMessage) => boolean)

/**
 * All options of `debugToolbar()`; every one may be left out, and `undefined` is left out. Where a recorder runs already, `watch` is added to it,
 * `path`, `store` and `limits` must be its own or left out, and the others have no effect.
 */
export interface ToolbarOptions {
  /**
   * Record and show. Default: `NODE_ENV` is not `production`, and where it is unset, this is no known hosting platform.
   * `NODE_ENV=production` is off whatever this says.
   */
  enabled?: boolean
  /** Where the API, the assets and the stand-alone page live, below where the middleware is mounted; at most 64 characters. Default `/__debug__` */
  path?: string
  /** What to watch: a list of instances, or `{ label: instance }`. knex, pino, EventEmitter ... are recognised by shape. Default none */
  watch?: readonly unknown[] | Readonly<Record<string, unknown>>
  /** Where finished records are kept. Default `memoryStore()` */
  store?: Store
  /** Requests not to record, beside assets, the favicon and the toolbar's own; they count as `ignored`. Default none */
  ignore?: readonly IgnoreRule[]
  /** Host names, beside loopback and `*.localhost`, under which the toolbar may be reached. Default none */
  allowedHosts?: readonly string[]
  /**
   * IP addresses and CIDR networks of clients, beside loopback: the bridge of a container, `['172.17.0.0/16']`. They are recorded and see the
   * script; a browser there asks once for the pairing code that is printed at start, and gets no data without. Default none
   */
  allowedPeers?: readonly string[]
  /** Added to the built-in secret keys and value patterns; nothing built in can be switched off. Default none */
  redact?: Partial<RedactOptions>
  /** Bounds of every buffer, each a whole number from 1; see `Limits` for units and defaults. */
  limits?: Partial<Limits>
  /** Queries that take at least this many ms are marked. Default 100 */
  slowQueryMs?: number
  /** Call sites. `false` captures none; `{ every: true }` captures each instead of sampling repeats. Default `{ frames: 24, every: false, ignore: [] }` */
  stack?: boolean | Partial<StackOptions>
  /** A known editor, or a URL template with {file}, {line} and {column}. Links are opened by the browser; the server launches nothing. Default `vscode` */
  editor?: string
  /** Path here to path on the developer's machine, for editor links out of containers. Default none */
  pathMap?: Readonly<Record<string, string>>
  /** Removes or reorders panels, for the API and the navigation; one that is added has data and no view. Default all built in */
  panels?: (defaults: readonly Panel[]) => readonly Panel[]
  /**
   * Findings: a function removes, reorders or adds rules; an object says by id which are off and changes thresholds:
   * `{ 'select-star': false, 'n-plus-one': { queries: 10 } }`. Default all built in
   */
  rules?: ((defaults: readonly Rule[]) => readonly Rule[]) | RuleChanges
  /** What to do where a page's policy would block the toolbar: add one nonce and its own path, or leave the policy alone. Default `patch` */
  csp?: 'patch' | 'off'
  /** Send Server-Timing; without it a page cannot tell which fetches are its own. Default true */
  serverTiming?: boolean
  /** Colours of the overlay, unless its reader chooses. Default `auto`: as the system says */
  theme?: 'auto' | 'light' | 'dark'
  /** Where the drawer opens, unless its reader chooses. Default `bottom` */
  position?: 'bottom' | 'right'
}

/** By rule id: `false` for off, or thresholds by name. */
export type RuleChanges = Readonly<Record<string, boolean | Readonly<Record<string, number>>>>

/** Options with every default filled in. */
export interface Settings {
  path: string
  watch: readonly unknown[] | Readonly<Record<string, unknown>>
  store: Store | null
  ignore: readonly IgnoreRule[]
  allowedHosts: readonly string[]
  allowedPeers: readonly string[]
  redact: Partial<RedactOptions>
  limits: Limits
  slowQueryMs: number
  stack: StackOptions | false
  editor: string
  pathMap: Readonly<Record<string, string>>
  panels: (defaults: readonly Panel[]) => readonly Panel[]
  rules: ((defaults: readonly Rule[]) => readonly Rule[]) | RuleChanges
  csp: 'patch' | 'off'
  serverTiming: boolean
  theme: 'auto' | 'light' | 'dark'
  position: 'bottom' | 'right'
}
