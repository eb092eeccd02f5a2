import { describe, problems, unknownKeys } from '../core/diagnostics.ts'
import { defaultLimits } from '../core/limits.ts'
import { flawOf } from '../core/redact-options.ts'
import { knownEditors } from '../http/editors.ts'
import { isBounded, parseNetwork } from '../http/networks.ts'
import type { Settings, ToolbarOptions } from './options.ts'

type Check = (value: unknown, name: string) => void

const expect =
  (takes: string, holds: (value: unknown) => boolean): Check =>
  (value, name) => {
    if (!holds(value)) throw problems.badOption(name, describe(value), takes)
  }

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isStrings = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string')
const isRegExp = (value: unknown): value is RegExp => value instanceof RegExp
const hasLetter = (value: string): boolean => /\p{L}/u.test(value)

const checks: Record<keyof ToolbarOptions, Check> = {
  enabled: expect('true or false (the string "false" would count as true)', (value) => typeof value === 'boolean'),
  path: expect(
    "a path such as '/__debug__': segments of letters, digits, '.', '_' and '-', 2 to 64 characters, not '/'",
    (value) => typeof value === 'string' && value.length <= 64 && /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/.test(value),
  ),
  watch: expect('a list of instances, or an object of label and instance', (value) => Array.isArray(value) || isObject(value)),
  store: expect(
    'a store such as memoryStore({ maxRequests: 200 })',
    (value) => isObject(value) && ['add', 'get', 'list', 'clear', 'counts'].every((name) => typeof value[name] === 'function'),
  ),
  ignore: expect(
    'a list of path prefixes, regular expressions or functions',
    (value) =>
      Array.isArray(value) && value.every((item) => typeof item === 'string' || item instanceof RegExp || typeof item === 'function'),
  ),
  allowedHosts: expect(
    "a list of host names such as ['shop.test'], without scheme, port or wildcard, each with a dot that is not a bare suffix",
    (value) => isStrings(value) && value.every(isHostName),
  ),
  allowedPeers: expect(
    "a list of IP addresses or networks such as ['172.17.0.0/16'], not the whole internet or a large part of it",
    (value) =>
      isStrings(value) &&
      value.every((item) => {
        const network = parseNetwork(item)
        return network !== null && isBounded(network)
      }),
  ),
  redact: (value, name) => {
    if (!isObject(value)) throw problems.badOption(name, describe(value), '{ keys, patterns, replace }; the built-in list always stays')
    unknownKeys(value, ['keys', 'patterns', 'replace'], 'redact.')
    expect('a list of key names, each with a letter in it', (item) => item === undefined || (isStrings(item) && item.every(hasLetter)))(
      value.keys,
      'redact.keys',
    )
    expect('a list of regular expressions', (item) => item === undefined || (Array.isArray(item) && item.every(isRegExp)))(
      value.patterns,
      'redact.patterns',
    )
    for (const pattern of (value.patterns ?? []) as RegExp[]) {
      const flaw = flawOf(pattern)
      if (flaw !== null) throw problems.badOption('redact.patterns', `/${pattern.source.slice(0, 60)}/, which ${flaw}`, 'safe patterns')
    }
    expect('a string', (item) => item === undefined || typeof item === 'string')(value.replace, 'redact.replace')
  },
  limits: (value, name) => {
    if (!isObject(value)) throw problems.badOption(name, describe(value), `an object of ${Object.keys(defaultLimits).join(', ')}`)
    unknownKeys(value, Object.keys(defaultLimits), 'limits.')
    for (const [key, limit] of Object.entries(value)) {
      if (limit === undefined) continue
      if (key === 'entries') {
        if (!isObject(limit)) throw problems.badOption('limits.entries', describe(limit), 'an object of type and number, e.g. { log: 200 }')
        unknownKeys(limit, Object.keys(defaultLimits.entries), 'limits.entries.')
        for (const [type, count] of Object.entries(limit)) if (count !== undefined) positive(count, `limits.entries.${type}`)
      } else positive(limit, `limits.${key}`)
    }
  },
  slowQueryMs: expect('a number of milliseconds above 0', (value) => typeof value === 'number' && value > 0 && Number.isFinite(value)),
  stack: (value, name) => {
    if (typeof value === 'boolean') return
    if (!isObject(value)) throw problems.badOption(name, describe(value), 'false, or { frames, every, ignore }')
    unknownKeys(value, ['frames', 'every', 'ignore'], 'stack.')
    if (value.frames !== undefined)
      expect('a whole number from 1 to 200', (item) => Number.isInteger(item) && (item as number) >= 1 && (item as number) <= 200)(
        value.frames,
        'stack.frames',
      )
    if (value.every !== undefined) expect('true or false', (item) => typeof item === 'boolean')(value.every, 'stack.every')
    if (value.ignore !== undefined)
      expect(
        'a list of path parts or regular expressions',
        (item) => Array.isArray(item) && item.every((one) => typeof one === 'string' || one instanceof RegExp),
      )(value.ignore, 'stack.ignore')
  },
  editor: expect(
    `one of ${Object.keys(knownEditors).join(', ')}, or a URL template such as 'myeditor://{file}:{line}:{column}'`,
    (value) =>
      typeof value === 'string' &&
      (Object.hasOwn(knownEditors, value) ||
        (/^[a-z][a-z0-9+.-]{1,30}:\/\/\S*\{file\}/.test(value) && !/^(?:javascript|data|vbscript|blob):/i.test(value))),
  ),
  pathMap: expect(
    'an object of path here and path there',
    (value) => isObject(value) && Object.values(value).every((item) => typeof item === 'string'),
  ),
  panels: expect('a function (defaults) => panels', (value) => typeof value === 'function'),
  rules: expect(
    "a function (defaults) => rules, or an object of rule id and false or thresholds: { 'select-star': false, 'n-plus-one': { queries: 10 } }",
    (value) =>
      typeof value === 'function' || (isObject(value) && Object.values(value).every((item) => typeof item === 'boolean' || isObject(item))),
  ),
  csp: expect("'patch' or 'off'", (value) => value === 'patch' || value === 'off'),
  serverTiming: expect('true or false', (value) => typeof value === 'boolean'),
  theme: expect("'auto', 'light' or 'dark'", (value) => value === 'auto' || value === 'light' || value === 'dark'),
  position: expect("'bottom' or 'right'", (value) => value === 'bottom' || value === 'right'),
}

/**
 * Checks options and fills in defaults. `undefined` is absent. Only own properties are read: a polluted Object.prototype sets nothing.
 * @throws ToolbarError naming the option, what it got and what it takes
 */
export function readOptions(options: unknown): { given: Readonly<Partial<ToolbarOptions>>; settings: Settings } {
  if (options !== undefined && !isObject(options)) throw problems.notAnObject(describe(options))
  const given: Partial<ToolbarOptions> = Object.create(null)
  const known = Object.keys(checks)
  const own = readOwn(options ?? {}, '')
  unknownKeys(own, known, '')
  for (const name of known as (keyof ToolbarOptions)[]) {
    const value = grouped.has(name) && isObject(own[name]) ? readOwn(own[name] as object, `${name}.`) : own[name]
    if (value === undefined) continue
    checks[name](value, name)
    ;(given as Record<string, unknown>)[name] = value
  }
  return { given, settings: withDefaults(given) }
}

/** options that are objects of options */
const grouped: ReadonlySet<string> = new Set<keyof ToolbarOptions>(['redact', 'limits', 'stack'])

/** A copy that inherits nothing, read once. */
function readOwn(value: object, prefix: string): Record<string, unknown> {
  const own: Record<string, unknown> = Object.create(null)
  let at = 'options'
  try {
    for (const key of Object.keys(value)) {
      at = prefix + key
      own[key] = (value as Record<string, unknown>)[key]
    }
  } catch {
    throw problems.badOption(at, 'what throws when it is read', 'a plain value')
  }
  return own
}

function withDefaults(given: Partial<ToolbarOptions>): Settings {
  const stack = given.stack
  return {
    path: given.path ?? '/__debug__',
    watch: given.watch ?? [],
    store: given.store ?? null,
    ignore: (given.ignore ?? []).map(stateless),
    allowedHosts: given.allowedHosts ?? [],
    allowedPeers: given.allowedPeers ?? [],
    redact: given.redact ?? {},
    limits: {
      ...defaultLimits,
      ...present(given.limits),
      entries: { ...defaultLimits.entries, ...(present(given.limits?.entries) as Record<string, number>) },
    },
    slowQueryMs: given.slowQueryMs ?? 100,
    stack:
      stack === false
        ? false
        : {
            frames: 24,
            every: false,
            ...(typeof stack === 'object' ? present(stack) : {}),
            ignore: (typeof stack === 'object' ? (stack.ignore ?? []) : []).map(stateless),
          },
    editor: given.editor ?? 'vscode',
    pathMap: given.pathMap ?? {},
    panels: given.panels ?? ((defaults) => defaults),
    rules: given.rules ?? {},
    csp: given.csp ?? 'patch',
    serverTiming: given.serverTiming ?? true,
    theme: given.theme ?? 'auto',
    position: given.position ?? 'bottom',
  }
}

/** A pattern with the g or y flag remembers where it was: asked twice, it answers differently. */
function stateless<Rule>(rule: Rule): Rule {
  return rule instanceof RegExp && (rule.global || rule.sticky) ? (new RegExp(rule.source, rule.flags.replace(/[gy]/g, '')) as Rule) : rule
}

function present<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, held]) => held !== undefined)) as Partial<T>
}

function positive(value: unknown, name: string): void {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > 1e10)
    throw problems.badOption(name, describe(value), 'a whole number from 1 up')
}

/** A name somebody owns: `a.test`, not `.test`, `*.test`, `com` or `co.uk`. */
function isHostName(value: string): boolean {
  const name = value.toLowerCase()
  if (name === 'host.docker.internal') return true
  if (parseNetwork(name)?.single === true) return true
  const labels = name.split('.')
  if (!labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))) return false
  if (labels.length === 1) return name.length > 3
  return !/^(?:co|com|org|net|gov|ac|edu)\.[a-z]{2}$/.test(name)
}
