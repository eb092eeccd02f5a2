import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from '@babel/parser'

const source = fileURLToPath(new URL('../../packages/toolbar/src', import.meta.url))

/** Every regular expression literal of the package: `{ file, line, pattern, flags }`. Tests' own are left out. */
export function findRegexes(folder = source) {
  const found = []
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!/\.tsx?$/.test(name) || /\.(test|contract|d)\.tsx?$/.test(name) || name.startsWith('testing')) continue
    const file = join(folder, name)
    const { tokens } = parse(readFileSync(file, 'utf8'), { sourceType: 'module', plugins: ['typescript', 'jsx'], tokens: true })
    for (const { type, value, loc } of tokens)
      if (type.label === 'regexp')
        found.push({ file: relative(folder, file), line: loc.start.line, pattern: value.pattern, flags: value.flags })
  }
  return found
}

const classSamples = { d: '0', w: 'a', s: ' ', D: 'a', W: '-', S: 'a', n: '\n', r: '\r', t: '\t', b: '', B: '', p: 'é' }

/** One character for each thing that a pattern can match, in its order: of a class, its first and one of its middle. */
export function samplesOf(pattern) {
  const samples = []
  for (const [text, escaped, inClass] of pattern.matchAll(
    /\\(u\{?[0-9a-f]+\}?|x[0-9a-f]{2}|.)|\[((?:\\.|[^\]\\])*)\]|\(\?(?:<?[=!]|:|<\w+>)|\{\d+,?\d*\}|./gs,
  )) {
    if (escaped !== undefined) samples.push(charOf(escaped))
    else if (inClass !== undefined) samples.push(...samplesOfClass(inClass))
    else if (text === '.') samples.push('a')
    else if (text.length === 1 && !'^$*+?()|'.includes(text)) samples.push(text)
  }
  return samples.filter((sample) => sample !== '')
}

function charOf(escaped) {
  if (/^[ux]/.test(escaped) && escaped.length > 1) return String.fromCodePoint(Number.parseInt(escaped.replace(/[^0-9a-f]/g, ''), 16))
  return classSamples[escaped] ?? escaped
}

function samplesOfClass(body) {
  if (body.startsWith('^')) return ['a', ' ', '!', '0', '"'].filter((sample) => !body.includes(sample)).slice(0, 2)
  const chars = [...body.matchAll(/\\(u\{?[0-9a-f]+\}?|x[0-9a-f]{2}|.)|([^\\])/g)].map(([, escaped, plain]) => plain ?? charOf(escaped))
  return [...new Set([chars[0], chars[Math.floor(chars.length / 2)]])]
}

/** Strings of `length` characters that make a pattern try again and again: each sample and each run of samples, repeated. */
export function pumpsFor(pattern, length) {
  const samples = samplesOf(pattern).slice(0, 40)
  const seeds = new Set(['a', ' ', '0', '\n', ...samples, samples.join('')])
  for (let at = 0; at < samples.length; at++)
    for (const size of [2, 3]) if (at + size <= samples.length) seeds.add(samples.slice(at, at + size).join(''))
  const starts = new Set(['', ...[1, 3, 6, 13, 20].map((size) => samples.slice(0, size).join(''))])
  const pumps = []
  for (const seed of seeds) {
    if (seed === '') continue
    const repeated = seed.repeat(Math.ceil(length / seed.length)).slice(0, length)
    for (const start of starts) pumps.push(start + repeated)
    pumps.push(`${repeated}\u0000`)
  }
  return pumps
}
