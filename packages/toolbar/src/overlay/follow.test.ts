import { describe, expect, it } from 'vitest'
import type { RequestSummary } from '../contract/types.ts'
import { countNewer, toFollow } from './follow.ts'

const request = (seq: number, type: RequestSummary['type'] = 'document') => ({ id: `r${seq}`, seq, type }) as RequestSummary
const untouched = { filter: '', selected: null, scrolled: false }

describe('Live', () => {
  it('follows the newest page', () => {
    expect(toFollow(request(5), request(4), true, untouched)).toBe(true)
    expect(toFollow(request(5), null, true, untouched)).toBe(true)
  })

  it('follows neither fetches, nor older pages, nor anything when it is off', () => {
    expect(toFollow(request(5, 'fetch'), request(4), true, untouched)).toBe(false)
    expect(toFollow(request(3), request(4), true, untouched)).toBe(false)
    expect(toFollow(request(5), request(4), false, untouched)).toBe(false)
  })

  it('never leaves what is being read', () => {
    for (const reading of [{ filter: 'authors' }, { selected: 'q1' }, { scrolled: true }])
      expect(toFollow(request(5), request(4), true, { ...untouched, ...reading })).toBe(false)
  })

  it('counts the pages that are newer', () => {
    expect(countNewer([request(7), request(6, 'fetch'), request(5), request(4), request(3)], request(4))).toBe(2)
    expect(countNewer([request(7)], null)).toBe(0)
  })
})
