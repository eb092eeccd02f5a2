import vm from 'node:vm'
import { isOwnFile, kindOfFile, toPath } from './call-sites.ts'
import { openHook } from './guard.ts'

/**
 * Where in the user's code something began. On the hot path a stack is only taken, never read: that costs as much again. `readStacks`
 * turns it into text when the record is sealed, because an unread stack keeps every function on it, and with them their results, alive.
 *
 * Each frame that V8 walks takes about 0.7 µs, those that are left out too: `Error.captureStackTrace(holder, hook)` walks down to the
 * hook first. So what is to be taken is decided deep inside (`RequestRecord.locate`), and taken by the hook itself, on top (`takeStack`).
 */

/** A stack: wanted, then taken, then read. */
export class Stack {
  /** an Error, until it is read; `null` where it was not taken */
  taken: { stack?: unknown } | null = null
  /** one line per frame: function, file, line, column, tab-separated; `null` until it is read */
  text: string | null = null
  /** where it was started, for a stack that has nothing of the app's on it */
  origin: Origin | null = null
  wanted = true
  /** frames to keep */
  readonly frames: number
  /** how deep its hook looks, to be told when that was too little; `null` for whole stacks */
  readonly depth: Depth | null

  constructor(frames: number, depth: Depth | null) {
    this.frames = frames
    this.depth = depth
  }
}

/** A stack that somebody else took. @param text as `Stack.text` */
export function stackOfText(text: string): Stack {
  const stack = new Stack(0, null)
  stack.wanted = false
  stack.text = text
  return stack
}

/** A stack taken before its entry began. */
export interface Origin {
  readonly stack: Stack
  /** of an earlier start that is likely to be of the same line */
  readonly inferred: boolean
}

/**
 * How deep a hook looks that the user's code calls itself, such as a log line: 4 frames, then to the caller of the deepest place seen, and
 * 10 once these were too few.
 */
export class Depth {
  frames = 4
  private isLearned = false

  /** @param place where on the stack the user's code was, from 0; -1 for nowhere */
  learn(place: number): void {
    if (place === -1) this.frames = 10
    else if (!this.isLearned) this.frames = place + 2
    else this.frames = Math.max(this.frames, place + 2)
    this.isLearned = true
  }
}

/** Enough for what a library's own shell puts between the user's call and the hook. */
export const startFrames = 6

/**
 * The Error of a realm of its own. V8 asks it how many frames to keep and who reads them, so that neither has to be changed on the app's
 * own Error for each stack, and an app that locks its own, or has a `prepareStackTrace`, gets its places too. The frames are the same.
 */
const OwnError = vm.runInContext('Error', vm.createContext(plainGlobal(), { name: 'debug-toolbar' })) as ErrorConstructor
// biome-ignore lint/plugin: an Error of ours
OwnError.prepareStackTrace = toPathOf
let limit = 0

/** Node looks at the realm's `Error` for each stack that is read: since 20.18 the global object of a realm need not be one that is slow to ask. */
function plainGlobal(): object {
  const { constants } = vm as { constants?: { DONT_CONTEXTIFY?: unknown } }
  return (constants?.DONT_CONTEXTIFY as object | undefined) ?? Object.create(null)
}

const hook = openHook('stacks.take')

/**
 * Takes the stack that `locate` asked for. To be called by the hook itself.
 * @param ours functions of ours on top of the stack at most, this one included
 */
export function takeStack(stack: Stack | null, ours = 2): void {
  if (stack === null || !stack.wanted) return
  stack.wanted = false
  if (hook.part.off) return
  try {
    hook.before()
    const frames = stack.frames + ours
    if (frames !== limit) {
      OwnError.stackTraceLimit = frames
      limit = frames
    }
    stack.taken = new OwnError()
    hook.after()
  } catch (error) {
    hook.failed(error)
  }
}

/** A frame that was read before. */
interface SeenFrame {
  /** function, file, line, column */
  readonly text: string
  readonly isApp: boolean
}

/** A file, and its frames by position. */
interface SeenFile {
  readonly kind: 'app' | 'package' | 'node' | 'ours'
  /** of the script that was read last; a file of the app's may be loaded again, with another text */
  hash: string
  /** the reading that compared it last */
  reading: number
  frames: Map<number, SeenFrame>
}

/** Stacks that begin alike share their beginnings; equal ones are one. */
class Path {
  text: string | null = null
  private readonly length: number
  /** of the first frame of the user's code, from 0; -1 for none */
  readonly appAt: number
  readonly line: string
  readonly parent: Path | null
  /** made with the first that goes on */
  next: Map<SeenFrame, Path> | null = null

  constructor(parent: Path | null, frame: SeenFrame | null) {
    this.parent = parent
    this.line = frame === null ? '' : frame.text
    this.length = parent === null ? 0 : parent.length + 1
    this.appAt = parent === null ? -1 : parent.appAt !== -1 ? parent.appAt : frame?.isApp === true ? parent.length : -1
  }

  toString(): string {
    this.text ??= this.parent === null ? '' : String(this.parent) + this.line
    return this.text
  }
}

/** frames and paths remembered per process */
const maxRemembered = 20_000
let remembered = 0
/** counts calls of `readStacks`: within one, a file is one script */
let reading = 0
let root = new Path(null, null)
const files = new Map<string, SeenFile>()

/** Turns stacks into text and drops what they held. */
export function readStacks(stacks: readonly Stack[]): void {
  if (stacks.length === 0) return
  reading++
  for (const stack of stacks) readStack(stack)
}

let keep = 0

function readStack(stack: Stack): void {
  if (stack.text !== null) return
  const { taken, depth } = stack
  stack.taken = null
  stack.wanted = false
  keep = stack.frames
  const read = taken === null ? root : taken.stack
  const path = read instanceof Path ? read : root
  stack.text = String(path)
  if (depth !== null && taken !== null) depth.learn(path.appAt)
}

/** What reads a stack: positions in the files that run. The functions of ours on top are left out; the first is `takeStack`. */
function toPathOf(_error: unknown, sites: Site[]): Path {
  if (remembered > maxRemembered) forgetFrames()
  let path = root
  let left = keep
  for (let index = 1; index < sites.length && left > 0; index++) {
    const site = sites[index] as Site
    const name = site.getFileName() ?? site.getScriptNameOrSourceURL() ?? ''
    const file = fileOf(name)
    if (path === root && file.kind === 'ours') continue
    path = step(path, frameOf(site, name, file))
    left--
  }
  return path
}

function step(path: Path, frame: SeenFrame): Path {
  let next = path.next?.get(frame)
  if (next === undefined) {
    next = new Path(path, frame)
    path.next ??= new Map()
    path.next.set(frame, next)
    remembered++
  }
  return next
}

type Site = NodeJS.CallSite & { getPosition?(): number; getScriptHash?(): string }

function fileOf(name: string): SeenFile {
  let file = files.get(name)
  if (file === undefined) {
    const path = toPath(name)
    file = { kind: isOwnFile(path) ? 'ours' : kindOfFile(path), hash: '', reading: 0, frames: new Map() }
    files.set(name, file)
    remembered++
  }
  return file
}

/** Reading a position takes a tenth of what line, column and name take. */
function frameOf(site: Site, name: string, file: SeenFile): SeenFrame {
  const position = name === '' || site.getPosition === undefined ? 0 : site.getPosition()
  if (!(position > 0)) return seenFrame(site, name, file)
  if (file.kind === 'app' && file.reading !== reading) compareText(site, file)
  let frame = file.frames.get(position)
  if (frame === undefined) {
    frame = seenFrame(site, name, file)
    file.frames.set(position, frame)
    remembered++
  }
  return frame
}

/** Its frames are forgotten where the file was loaded again with another text. */
function compareText(site: Site, file: SeenFile): void {
  file.reading = reading
  const hash = site.getScriptHash?.() ?? ''
  if (hash !== '' && hash === file.hash) return
  file.hash = hash
  file.frames = new Map()
}

const framesByText = new Map<string, SeenFrame>()

/** Frames are the same when their texts are: those without a position are found by it alone. */
function seenFrame(site: Site, name: string, file: SeenFile): SeenFrame {
  const text = `${site.getFunctionName() ?? ''}\t${name}\t${site.getLineNumber() ?? 0}\t${site.getColumnNumber() ?? 0}\n`
  let frame = framesByText.get(text)
  if (frame === undefined) {
    frame = { text, isApp: file.kind === 'app' }
    framesByText.set(text, frame)
    remembered++
  }
  return frame
}

function forgetFrames(): void {
  remembered = 0
  root = new Path(null, null)
  files.clear()
  framesByText.clear()
}
