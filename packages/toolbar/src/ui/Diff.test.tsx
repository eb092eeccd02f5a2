import { cleanup, render } from '@testing-library/preact'
import { afterEach, describe, expect, it } from 'vitest'
import type { FindingChange } from '../contract/types.ts'
import { Diff, toPasted } from './Diff.tsx'

const change: FindingChange = {
  file: '/app/a.js',
  firstLine: 10,
  language: 'javascript',
  lines: [
    { kind: 'same', text: '    const a = 1' },
    { kind: 'removed', text: '    for (const b of c) {' },
    { kind: 'added', text: '      load(a)' },
  ],
}

describe('Diff', () => {
  afterEach(cleanup)

  it('says with a sign and a word what was added and removed, without the indentation of all', () => {
    const { getByLabelText } = render(<Diff change={change} label="Change" />)
    expect([...getByLabelText('Change').children].map((line) => line.textContent)).toEqual([
      ' const a = 1',
      '−removed: for (const b of c) {',
      '+added:   load(a)',
    ])
  })

  it('is pasted as it is after the change, indented as it was', () => {
    expect(toPasted(change)).toBe('    const a = 1\n      load(a)')
  })
})
