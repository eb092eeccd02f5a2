import { fileURLToPath } from 'node:url'
import { whileReplaced } from './patch.ts'

/**
 * Where in the user's code something began. On the hot path a stack is only captured, never read: reading costs more than
 * capturing. `textOf` turns it into text when the record is sealed, because an unread stack keeps every function on it,
 * and with them their results, alive.
 */

/** A captured stack: unread (`raw`), then its compact text. One line per frame: function, file, line, column, tab-separated. */
export interface StackHolder {
  stack?: unknown
  text: string | null
  /** where it was started, for a stack that has nothing of the app's on it */
  origin: Origin | null
  /** the hook that took few frames, to be told when they were too few; `null` for whole stacks */
  near: ((...args: never[]) => unknown) | null
}

/** A stack taken before its entry began. */
export interface Origin {
  readonly stack: StackHolder
  /** of an earlier start that is likely to be of the same line */
  readonly inferred: boolean
}

export interface Frame {
  function: string | null
  file: string | null
  line: number
  column: number
}

/** How call sites are taken: the option `stack`. */
export interface StackOptions {
  /** frames kept, async ones included, 1 to 200; log lines, signals and spans need 10 at most. Default 24: knex needs 17 in a transaction */
  frames: number
  /** capture each occurrence instead of the 1st, 2nd, 4th, 8th ... of the same call from the same parent. Default false */
  every: boolean
  /** files whose frames are never the place, beside packages: substrings of the path, or patterns without the `g` flag. Default none */
  ignore: (string | RegExp)[]
}

/** Enough for calls that the user's code makes itself, such as a log line: half the price of a whole stack. */
export const nearFrames = 10
/** Enough for most of those; a hook for which they once were too few takes `nearFrames` from then on. */
const fewFrames = 4
const deeper = new WeakSet<(...args: never[]) => unknown>()

/** Enough for what a library's own shell puts between the user's call and the hook. */
export const startFrames = 6

/**
 * Captures the stack above `below` (that function and all it called are left out).
 * `Error.stackTraceLimit` is raised for the one call and restored.
 */
export function captureStack(frames: number, below: (...args: never[]) => unknown): StackHolder {
  const few = frames === nearFrames && !deeper.has(below)
  const holder: StackHolder = { text: null, origin: null, near: few ? below : null }
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = few ? fewFrames : frames
  try {
    Error.captureStackTrace(holder, below)
  } finally {
    Error.stackTraceLimit = limit
  }
  return holder
}

const mark = '\u001e'
const interned = new Map<string, string>()
/** distinct stacks remembered per process, so that equal ones share one string */
const maxInterned = 2_000

/**
 * Turns captured stacks into text and drops what they held.
 * The app's own `Error.prepareStackTrace` is set aside meanwhile: ours returns positions in the files that run.
 */
export function readStacks(holders: readonly StackHolder[]): void {
  if (holders.length === 0) return
  whileReplaced(Error, 'prepareStackTrace', compact, () => {
    for (const holder of holders) {
      if (holder.text !== null) continue
      const text = String(holder.stack ?? '')
      holder.stack = undefined
      holder.text = intern(text.startsWith(mark) ? text.slice(1) : fromStandard(text))
      if (holder.near === null) continue
      if (!reachesApp(holder.text)) deeper.add(holder.near)
      holder.near = null
    }
  })
}

function compact(_error: unknown, sites: NodeJS.CallSite[]): string {
  let text = mark
  for (const site of sites) {
    text += `${site.getFunctionName() ?? ''}\t${site.getFileName() ?? site.getScriptNameOrSourceURL() ?? ''}\t${site.getLineNumber() ?? 0}\t${site.getColumnNumber() ?? 0}\n`
  }
  return text
}

function intern(text: string): string {
  const known = interned.get(text)
  if (known !== undefined) return known
  if (interned.size >= maxInterned) {
    interned.clear()
    reaching.clear()
  }
  interned.set(text, text)
  return text
}

const reaching = new Map<string, boolean>()

/** Whether a stack has a frame of the app's; remembered, since most are alike. */
function reachesApp(text: string): boolean {
  let reaches = reaching.get(text)
  if (reaches === undefined) {
    reaches = parseStack(text).some(({ file }) => kindOfFile(file) === 'app')
    reaching.set(text, reaches)
  }
  return reaches
}

/** `    at fn (file:line:col)` as V8 prints it: used where the app forbids replacing `Error.prepareStackTrace`, and for errors. */
export function fromStandard(stack: string): string {
  let text = ''
  for (const line of stack.split('\n')) {
    const frame = parseFrameLine(line)
    if (frame !== null) text += `${frame.function ?? ''}\t${frame.file ?? ''}\t${frame.line}\t${frame.column}\n`
  }
  return text
}

function parseFrameLine(line: string): Frame | null {
  const trimmed = line.trim()
  if (!trimmed.startsWith('at ')) return null
  let rest = trimmed.slice(3)
  if (rest.startsWith('async ')) rest = rest.slice(6)
  let name: string | null = null
  if (rest.endsWith(')')) {
    const open = rest.lastIndexOf(' (')
    if (open === -1) return null
    name = rest.slice(0, open)
    rest = rest.slice(open + 2, -1)
  }
  const columnAt = rest.lastIndexOf(':')
  const lineAt = rest.lastIndexOf(':', columnAt - 1)
  const lineNumber = Number(rest.slice(lineAt + 1, columnAt))
  if (lineAt <= 0 || !Number.isInteger(lineNumber)) return { function: name ?? rest, file: null, line: 0, column: 0 }
  return { function: name, file: rest.slice(0, lineAt), line: lineNumber, column: Number(rest.slice(columnAt + 1)) || 0 }
}

/** The frames of a compact text. */
export function parseStack(text: string): Frame[] {
  const frames: Frame[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [name, file, lineNumber, column] = line.split('\t')
    frames.push({ function: name || null, file: toPath(file ?? ''), line: Number(lineNumber), column: Number(column) })
  }
  return frames
}

/** `file:` URLs of ES modules become paths, as CommonJS has them; the name that EJS gives its functions stands in quotes. */
export function toPath(name: string): string | null {
  const file = name.length > 2 && name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1) : name
  if (file === '') return null
  if (!file.startsWith('file:')) return file
  try {
    return fileURLToPath(file)
  } catch {
    return file
  }
}

const ours = fileURLToPath(new URL('..', import.meta.url))

/** `package`: node_modules and the toolbar itself; `node`: internals and code without a file. */
export function kindOfFile(file: string | null): 'app' | 'package' | 'node' {
  if (
    file === null ||
    file === '' ||
    file.startsWith('node:') ||
    file.startsWith('internal/') ||
    file === 'native' ||
    file === '<anonymous>'
  )
    return 'node'
  if (file.includes('/node_modules/') || file.includes('\\node_modules\\')) return 'package'
  return file.startsWith(ours) && !file.includes('.test.') ? 'package' : 'app'
}

/** The first frame of the user's own code, or `null`. */
export function userFrame(frames: readonly Frame[], ignore: StackOptions['ignore'] = []): Frame | null {
  for (const frame of frames) {
    if (kindOfFile(frame.file) !== 'app') continue
    const file = frame.file as string
    if (ignore.some((pattern) => (typeof pattern === 'string' ? file.includes(pattern) : pattern.test(file)))) continue
    return frame
  }
  return null
}
