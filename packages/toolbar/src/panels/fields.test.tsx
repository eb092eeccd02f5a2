import { describe, expect, it } from 'vitest'
import { REQUEST_FILTER_KEYS } from '../contract/filter.ts'
import type { PanelView } from '../ui/panel.ts'
import { builtInPanels } from './index.ts'

const views = import.meta.glob<{ view: PanelView<unknown> }>('./*/view.tsx', { eager: true })
const sources = import.meta.glob<string>('./*/*.tsx', { eager: true, query: '?raw', import: 'default' })
const readmes = import.meta.glob<string>('./*/README.md', { eager: true, query: '?raw', import: 'default' })

/** What the README of a panel lists, but for the values in brackets behind a field; `undefined` without a list. */
function documented(readme: string): string[] | undefined {
  const list = /Fields(?: of the filter)?: ([^.]*)\./.exec(readme)?.[1]
  return list === undefined ? undefined : [...list.replaceAll(/\([^)]*\)/g, '').matchAll(/`([^`]+)`/g)].map((match) => match[1] as string)
}

describe('fields of the filter', () => {
  const ids = builtInPanels.map(({ id }) => id)

  it('are looked at for every panel that has a view', () => {
    expect(Object.keys(views).sort()).toEqual(ids.map((id) => `./${id}/view.tsx`).sort())
  })

  it.each(builtInPanels.map(({ id, rows }) => [id, rows] as const))(
    'of %s are the same in its view, the API and its README',
    (id, rows) => {
      const { fields } = (views[`./${id}/view.tsx`] as { view: PanelView<unknown> }).view
      // the rows of the history are requests: their `q` is that of `GET api/requests`
      const taken = id === 'history' ? REQUEST_FILTER_KEYS : rows?.fields
      expect(fields && [...fields].sort()).toEqual(taken && [...taken].sort())
      expect(documented(readmes[`./${id}/README.md`] as string)?.sort()).toEqual(taken && [...taken].sort())
    },
  )

  it('are those that a view declares: none reads its filter by other ones', () => {
    for (const [path, source] of Object.entries(sources)) expect(source, path).not.toContain('parseFilter')
  })
})
