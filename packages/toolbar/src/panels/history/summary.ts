import { definePanel, figure } from '../panel.ts'

/** A view over many records: the list comes from `GET /requests`. */
export const historyPanel = definePanel<null>({
  id: 'history',
  title: 'History',
  types: [],
  summary: () => figure(''),
  data: () => null,
})
