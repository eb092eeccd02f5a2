import { describe, expect, it } from 'vitest'
import { formatAge, formatBytes, formatBytesDelta, formatMs, formatPercent, formatPlural } from './format.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('format', () => {
  it('writes times in ms with one decimal, and in seconds from 10 s on', () => {
    expect([0, 0.04, 0.05, 48.34, 2941.6, 9999.94, 12_400].map((ms) => plain(formatMs(ms)))).toEqual([
      '0.0 ms',
      '<0.1 ms',
      '0.1 ms',
      '48.3 ms',
      '2,941.6 ms',
      '9,999.9 ms',
      '12.4 s',
    ])
  })

  it('writes bytes in decimal units', () => {
    expect([0, 412, 18_412, 999_949, 999_950, 1_234_567].map((bytes) => plain(formatBytes(bytes)))).toEqual([
      '0 B',
      '412 B',
      '18.4 kB',
      '999.9 kB',
      '1.0 MB',
      '1.2 MB',
    ])
    expect(plain(formatBytesDelta(-2_100_000))).toBe('−2.1 MB')
  })

  it('writes plurals, percents and ages', () => {
    expect([0, 1, 1284].map((count) => plain(formatPlural(count, 'query', 'queries')))).toEqual(['0 queries', '1 query', '1,284 queries'])
    expect([0, 0.001, 0.444].map(formatPercent)).toEqual(['0%', '<1%', '44%'])
    expect([-5, 8_000, 240_000, 7_200_000, 260_000_000].map((ms) => plain(formatAge(ms)))).toEqual([
      '0 s ago',
      '8 s ago',
      '4 min ago',
      '2 h ago',
      '3 d ago',
    ])
  })
})
