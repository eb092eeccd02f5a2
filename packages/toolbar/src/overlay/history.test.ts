import { describe, expect, it } from 'vitest'
import type { RequestSummary } from '../contract/types.ts'
import { mergeRequests, withoutGone } from './history.ts'
import { isOfPage } from './page-requests.ts'

const request = (seq: number, more: Partial<RequestSummary> = {}) =>
  ({ id: `r${seq}`, seq, state: 'done', type: 'fetch', path: '/api', referrer: null, ...more }) as RequestSummary

describe('history', () => {
  it('keeps one of each, newest first, and never goes back to running', () => {
    const list = mergeRequests([request(2), request(1)], [request(3, { state: 'running' }), request(2, { state: 'running' })])
    expect(list.map(({ seq, state }) => `${seq} ${state}`)).toEqual(['3 running', '2 done', '1 done'])
    expect(mergeRequests(list, [request(3)])[0]?.state).toBe('done')
  })

  it('lets go of what nobody hears the end of, and keeps what has ended', () => {
    const list = [request(3, { state: 'running' }), request(2, { state: 'running' }), request(1)]
    expect(withoutGone(list, ['r2', 'r1', 'r9']).map(({ seq }) => seq)).toEqual([3, 1])
  })

  it('joins what a page asked for afterwards, by its referrer or by what the browser saw', () => {
    const page = request(5, { type: 'document', path: '/books' })
    expect(isOfPage(page, page, new Set())).toBe(true)
    expect(isOfPage(request(6, { referrer: '/books' }), page, new Set())).toBe(true)
    expect(isOfPage(request(4, { referrer: '/books' }), page, new Set())).toBe(false)
    expect(isOfPage(request(6, { referrer: '/authors' }), page, new Set())).toBe(false)
    expect(isOfPage(request(6, { referrer: '/books', type: 'document' }), page, new Set())).toBe(false)
    expect(isOfPage(request(6), page, new Set(['r6']))).toBe(true)
  })
})
