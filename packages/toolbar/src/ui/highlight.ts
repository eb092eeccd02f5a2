import { refractor } from 'refractor/core'
import javascript from 'refractor/javascript'
import json from 'refractor/json'
import sql from 'refractor/sql'

refractor.register(javascript)
refractor.register(json)
refractor.register(sql)

export type Language = 'javascript' | 'json' | 'sql'

/** A piece of one line with the class of its colour, `''` for plain. */
export type Piece = readonly [className: string, text: string]

interface Node {
  type: string
  value?: string
  children?: Node[]
  properties?: { className?: unknown }
}

const classes: Record<string, string> = {
  keyword: 'y-k',
  boolean: 'y-k',
  null: 'y-k',
  string: 'y-s',
  'template-string': 'y-s',
  regex: 'y-s',
  number: 'y-n',
  comment: 'y-c',
  function: 'y-fn',
  property: 'y-fn',
}

function flatten(node: Node, inherited: string, out: Piece[]): void {
  if (node.type === 'text') {
    out.push([inherited, node.value ?? ''])
    return
  }
  const names = Array.isArray(node.properties?.className) ? (node.properties.className as string[]) : []
  // code inside of a template string is code again
  const own = names.includes('interpolation') ? '' : (names.map((name) => classes[name]).find(Boolean) ?? inherited)
  for (const child of node.children ?? []) flatten(child, own, out)
}

/** Lines of pieces. Nothing here is markup: the tree of the highlighter is read, never its HTML. */
export function highlight(language: Language, text: string): Piece[][] {
  const pieces: Piece[] = []
  flatten(refractor.highlight(text, language) as Node, '', pieces)
  const lines: Piece[][] = [[]]
  for (const [name, value] of pieces) {
    const [first = '', ...rest] = value.split('\n')
    if (first) lines.at(-1)?.push([name, first])
    for (const line of rest) lines.push(line ? [[name, line]] : [])
  }
  return lines
}
