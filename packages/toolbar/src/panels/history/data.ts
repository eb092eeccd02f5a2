/** History is a view over `GET /requests`: it has no data of its own. */
export type { RequestList as HistoryPanelData } from '../../contract/types.ts'
