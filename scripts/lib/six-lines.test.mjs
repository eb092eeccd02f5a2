import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { inRoot } from './paths.mjs'
import { sixLines } from './six-lines.mjs'

const block = (lines) => `# Title\n\n<!-- six-lines:esm -->\n\n\`\`\`js\n${lines.join('\n')}\n\`\`\`\n\nmore \`\`\`text\`\`\``

describe('sixLines', () => {
  it('takes the block after the marker as it is', () => {
    expect(sixLines(block(['a', 'b', '', 'c', 'd', 'e', 'f']), 'esm')).toBe('a\nb\n\nc\nd\ne\nf\n')
  })

  it('refuses a README that lost its marker, its block or its promise', () => {
    expect(() => sixLines('# Title', 'cjs')).toThrow("no marker '<!-- six-lines:cjs -->'")
    expect(() => sixLines('<!-- six-lines:esm -->\ntext', 'esm')).toThrow('no fenced block')
    expect(() => sixLines(block(['a', 'b']), 'esm')).toThrow('has 2 lines of code: the README promises six')
  })

  it.each(['esm', 'cjs', 'ts'])('finds the %s lines of our README', (kind) => {
    expect(sixLines(readFileSync(inRoot('README.md'), 'utf8'), kind)).toContain('debugToolbar()')
  })
})
