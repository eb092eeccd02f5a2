import { types } from 'node:util'

/**
 * Every message of the toolbar in one place. A message says what happened, why it matters, and how to fix it.
 * Codes are stable: tests, the API and users may rely on them.
 */

/** A mistake in how the toolbar was set up. Thrown at start, never while the app serves. */
export class ToolbarError extends TypeError {
  /** e.g. `UNKNOWN_OPTION`, `BAD_OPTION`, `CANNOT_WATCH`, `OPTION_DIFFERS`, `CLOSED` */
  readonly code: string

  constructor(code: string, message: string) {
    super(`[debug-toolbar] ${message}`)
    this.name = 'ToolbarError'
    this.code = code
  }
}

export const problems = {
  notAnObject: (got: string) =>
    new ToolbarError(
      'OPTIONS_NOT_AN_OBJECT',
      `debugToolbar() takes one object of options, got ${got}. Call debugToolbar() or debugToolbar({ watch: [db] }).`,
    ),
  unknownOption: (name: string, suggestion: string | null, known: string) =>
    new ToolbarError(
      'UNKNOWN_OPTION',
      `unknown option '${name}'${suggestion ? `, did you mean '${suggestion}'?` : '.'} Options are: ${known}.`,
    ),
  badOption: (name: string, got: string, takes: string) => new ToolbarError('BAD_OPTION', `option '${name}' takes ${takes}, got ${got}.`),
  cannotWatch: (got: string, known: string) =>
    new ToolbarError('CANNOT_WATCH', `cannot watch ${got}: it is none of ${known}. Pass the instance itself, not its options or module.`),
  differentOption: (name: string, first: string, later: string) =>
    new ToolbarError(
      'OPTION_DIFFERS',
      `one recorder serves the whole process, and an earlier debugToolbar() set '${name}' to ${first}; this call says ${later}. Give both the same value, or leave it out here.`,
    ),
  calledAsMiddleware: () =>
    new ToolbarError('NOT_CALLED', `app.use(debugToolbar) got the function itself. Call it: app.use(debugToolbar({ watch: [db] })).`),
  closed: () => new ToolbarError('CLOSED', 'this toolbar was closed; call debugToolbar() again for a new one.'),
  otherVersion: (theirs: string, ours: string) =>
    new ToolbarError(
      'TWO_VERSIONS',
      `debug-toolbar ${theirs} already records in this process and this copy is ${ours}. Make one version the only one: npm ls debug-toolbar shows who brings which.`,
    ),
}

/** @throws ToolbarError for an option that there is not, with the nearest one that there is */
export function unknownKeys(value: object, known: readonly string[], prefix: string): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue
    const suggestion = suggest(key, known)
    throw problems.unknownOption(prefix + key, suggestion === null ? null : prefix + suggestion, known.join(', '))
  }
}

const said = new Set<string>()

/** One line on stderr, once per process and key. Never throws. */
export function warnOnce(key: string, message: string): void {
  if (said.has(key)) return
  said.add(key)
  try {
    process.stderr.write(`[debug-toolbar] ${toOneLine(message)}\n`)
  } catch {
    // a closed stderr is no reason to disturb the app
  }
}

/** Control and bidirectional characters out, 400 characters at most: what we print can never forge a line or colour a terminal. */
export function toOneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ' ').slice(0, 400)
}

/** What a value is, for messages: never its content beyond a short literal. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'undefined'
  if (typeof value === 'string') return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'function') return value.name ? `function ${value.name}` : 'a function'
  if (typeof value !== 'object') return `a ${typeof value}`
  if (Array.isArray(value)) return `an array of ${value.length}`
  const name = className(value)
  return name === 'Object' || name === null ? 'an object' : `an instance of ${name}`
}

/** Name of an object's class without calling anything of the object's. */
export function className(value: object): string | null {
  if (types.isProxy(value)) return null
  try {
    const prototype = Object.getPrototypeOf(value)
    if (prototype === null || types.isProxy(prototype)) return null
    const maker = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
    return typeof maker === 'function' ? functionName(maker) : null
  } catch {
    return null
  }
}

function functionName(target: object): string | null {
  if (types.isProxy(target)) return null
  const name = Object.getOwnPropertyDescriptor(target, 'name')?.value
  return typeof name === 'string' && name !== '' ? name.slice(0, 200) : null
}

/** The nearest of `known` within two edits, for 'did you mean'. Levenshtein distance, rows of the matrix kept only. */
export function suggest(word: string, known: readonly string[]): string | null {
  let best: string | null = null
  let least = 3
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length] as number
}
