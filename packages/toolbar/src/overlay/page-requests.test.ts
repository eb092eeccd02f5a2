import { describe, expect, it } from 'vitest'
import type { RequestSummary } from '../contract/types.ts'
import { isOfPage, withRedirects } from './page-requests.ts'

const request = (id: string, more: Partial<RequestSummary> = {}) =>
  ({ id, seq: Number(id), type: 'document', path: `/${id}`, referrer: null, redirectedFrom: null, ...more }) as RequestSummary

describe('the requests of a page', () => {
  it('are itself, what it fetched, and the redirects that led to it', () => {
    const known = new Map(
      [request('1'), request('2', { redirectedFrom: '1' }), request('3', { redirectedFrom: '2' })].map((one) => [one.id, one]),
    )
    const page = known.get('3') as RequestSummary
    const ids = withRedirects(new Set(['9']), page, (id) => known.get(id) ?? null)
    expect([...ids].sort()).toEqual(['1', '2', '9'])
    for (const id of ['1', '2', '3', '9']) expect(isOfPage(request(id), page, ids)).toBe(true)
    expect(isOfPage(request('4'), page, ids)).toBe(false)
  })

  it('end where records that lead in a circle begin again', () => {
    const page = request('1', { redirectedFrom: '2' })
    expect(withRedirects(new Set(), page, () => request('2', { redirectedFrom: '2' })).size).toBe(1)
  })

  it('are told by the referrer where the browser does not say more', () => {
    const page = request('5')
    expect(isOfPage(request('6', { type: 'fetch', referrer: '/5' }), page, new Set())).toBe(true)
    expect(isOfPage(request('4', { type: 'fetch', referrer: '/5' }), page, new Set())).toBe(false)
    expect(isOfPage(request('6', { referrer: '/5' }), page, new Set())).toBe(false)
  })
})
