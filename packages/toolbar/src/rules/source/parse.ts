import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { ParserOptions, ParserPlugin } from '@babel/parser'
import type { File, Node } from '@babel/types'
import type { FindingChange } from '../../contract/types.ts'
import type { Place } from './place.ts'

/** A file of the app, parsed. */
export interface SourceFile {
  readonly file: string
  readonly text: string
  readonly program: File
  /** the node a node stands in */
  readonly parents: ReadonlyMap<Node, Node>
  /** by line and column, what `placeIn` found */
  readonly places: Map<string, Place | null>
  /** by its edits, what `changeOf` made */
  readonly changes: Map<string, FindingChange | null>
}

interface Known {
  readonly mtimeMs: number
  readonly source: SourceFile | null
  /** the record that asked last: the file is looked at once for it */
  asOfMs: number
  /** whether the file was as it is when that record began */
  isOf: boolean
}

type Parse = (text: string, options: ParserOptions) => File

const known = new Map<string, Known>()
const maxFileBytes = 2 * 1024 * 1024
/** A syntax tree is some thirty times its text: trees of about a megabyte of text are kept, and always the last. */
const maxTextKept = 1024 * 1024
let parse: Parse | null | undefined

/** Forgets all trees, for the last `close()`. */
export function forgetSources(): void {
  known.clear()
}

/**
 * A file that was on a stack of this process, parsed; `null` where it cannot be read or parsed, is too large, or was changed after
 * `asOfMs`: its lines are others now.
 */
export function sourceOf(file: string, asOfMs: number): SourceFile | null {
  const kept = known.get(file)
  if (kept?.asOfMs === asOfMs) return kept.isOf ? kept.source : null
  if (!path.isAbsolute(file)) return null
  try {
    const stat = statSync(file)
    const { mtimeMs } = stat
    // whole milliseconds are what a record knows
    const isOf = mtimeMs < asOfMs + 1
    if (kept !== undefined && kept.mtimeMs === mtimeMs) Object.assign(kept, { asOfMs, isOf })
    else {
      const isReadable = isOf && stat.isFile() && stat.size <= maxFileBytes
      keep(file, { mtimeMs: isOf ? mtimeMs : -1, source: isReadable ? parseSource(file, readFileSync(file, 'utf8')) : null, asOfMs, isOf })
    }
    return isOf ? (known.get(file)?.source ?? null) : null
  } catch {
    return null
  }
}

/** `null` for what is no JavaScript, TypeScript or JSX. */
export function parseSource(file: string, text: string): SourceFile | null {
  const program = parseText(file, text)
  return program === null ? null : { file, text, program, parents: parentsOf(program), places: new Map(), changes: new Map() }
}

/** Whether a text is code, in the dialect of a file. */
export function canParse(file: string, text: string): boolean {
  return parseText(file, text) !== null
}

function parseText(file: string, text: string): File | null {
  parse ??= loadParser()
  if (parse === null) return null
  for (const plugins of dialectsOf(file)) {
    try {
      return parse(text, {
        sourceType: 'unambiguous',
        allowReturnOutsideFunction: true,
        allowAwaitOutsideFunction: true,
        allowNewTargetOutsideFunction: true,
        allowSuperOutsideMethod: true,
        allowUndeclaredExports: true,
        plugins,
      })
    } catch {
      // the next dialect may do
    }
  }
  return null
}

/** Only when a rule asks: an app without findings never loads it. */
function loadParser(): Parse | null {
  try {
    return (createRequire(import.meta.url)('@babel/parser') as { parse: Parse }).parse
  } catch {
    return null
  }
}

const always: ParserPlugin[] = ['decorators', 'explicitResourceManagement', 'importAttributes']

function dialectsOf(file: string): ParserPlugin[][] {
  if (/\.[mc]?ts$/.test(file)) return [['typescript', ...always]]
  if (file.endsWith('.tsx')) return [['typescript', 'jsx', ...always]]
  return [
    ['jsx', ...always],
    ['jsx', 'flow', ...always],
  ]
}

function keep(file: string, entry: Known): void {
  known.delete(file)
  known.set(file, entry)
  let kept = 0
  for (const { source } of known.values()) kept += source?.text.length ?? 100
  for (const [oldest, { source }] of known) {
    if (kept <= maxTextKept || oldest === file) break
    known.delete(oldest)
    kept -= source?.text.length ?? 100
  }
}

function parentsOf(root: Node): Map<Node, Node> {
  const parents = new Map<Node, Node>()
  const open: Node[] = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop())
    for (const child of childrenOf(node)) {
      parents.set(child, node)
      open.push(child)
    }
  return parents
}

const noChildren = new Set(['loc', 'extra', 'leadingComments', 'trailingComments', 'innerComments', 'comments', 'tokens', 'errors'])

/** Nodes right below a node. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = []
  for (const key in node) {
    if (noChildren.has(key)) continue
    const value: unknown = node[key as keyof Node]
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) children.push(item)
    } else if (isNode(value)) children.push(value)
  }
  return children
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** A node and all below it; what `into` refuses is not entered. */
export function* nodesIn(root: Node, into: (node: Node) => boolean = () => true): Generator<Node> {
  const open: Node[] = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node
    if (node === root || into(node)) for (const child of childrenOf(node).reverse()) open.push(child)
  }
}

export function startOf(node: Node): number {
  return node.start as number
}

export function endOf(node: Node): number {
  return node.end as number
}

/** As it is written. */
export function textOf(source: SourceFile, node: Node): string {
  return source.text.slice(startOf(node), endOf(node))
}
