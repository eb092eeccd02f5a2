import { fileURLToPath } from 'node:url'

/** Stacks as text, and which of their lines is the place in the user's code. */

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

/** `    at fn (file:line:col)` as V8 prints it: the app's own errors have their stacks as text. */
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

/** Whether a file is one of the toolbar. */
export function isOwnFile(file: string | null): boolean {
  return file?.startsWith(ours) === true && !file.includes('.test.')
}

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
  return isOwnFile(file) ? 'package' : 'app'
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
