import { definePanel, figure } from '../panel.ts'
import { type Rows, selectRows } from '../select-rows.ts'
import { HEADER_FIELDS, type HeaderRow, type HeadersPanelData } from './data.ts'

const headerRows: Rows<HeaderRow, (typeof HEADER_FIELDS)[number]> = {
  fields: HEADER_FIELDS,
  toFields: ({ name, value }) => ({ text: [name, value], fields: { name, value } }),
  sorts: { name: ({ name }) => name.toLowerCase() },
}

/** Two lists: each side is filtered, sorted and cut by itself. */
export const headersPanel = definePanel<HeadersPanelData>({
  id: 'headers',
  title: 'Headers',
  types: [],
  rows: headerRows,
  summary: ({ facts }) =>
    figure(`${facts.requestHeaders.length} + ${facts.responseHeaders.length}`, facts.requestHeaders.length + facts.responseHeaders.length),
  data: ({ facts }, query, context) => ({
    request: selectRows(facts.requestHeaders, query, context, headerRows),
    response: selectRows(facts.responseHeaders, query, context, headerRows),
  }),
})
