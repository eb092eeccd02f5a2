/** Icons of the collapsed bar: paths on a 16 px grid. The drawer's are in icons-more.ts, so that the first chunk stays small. */
export const icons = {
  timeline: 'M2 2v12h12M5 4.5h4M7 8h4.5M10 11.3h3',
  findings: 'M8 1.8a4.2 4.2 0 0 0-2.5 7.6c.6.5.9 1 .9 1.6v.5h3.2V11c0-.6.3-1.1.9-1.6A4.2 4.2 0 0 0 8 1.8ZM6.7 14h2.6',
  sql: 'M2.5 4c0-1.1 2.5-2 5.5-2s5.5.9 5.5 2-2.5 2-5.5 2-5.5-.9-5.5-2ZM2.5 4v8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2V4M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2',
  templates: 'M2.5 2.5h11v11h-11zM2.5 6h11M6.5 6v7.5',
  cache: 'M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z',
  http: 'M6.5 9.5 13 3M8.5 2.5h5v5M11 9.5v4H2.5V5h4',
  signals: 'M8 8h.01M5.4 10.6a3.7 3.7 0 0 1 0-5.2M10.6 5.4a3.7 3.7 0 0 1 0 5.2M3.2 12.8a6.8 6.8 0 0 1 0-9.6M12.8 3.2a6.8 6.8 0 0 1 0 9.6',
  logs: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  exceptions: 'M8 2 14.5 13.5h-13zM8 6.5v3M8 11.5h.01',
  time: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 4.8V8l2.2 1.5',
  cpu: 'M4.5 4.5h7v7h-7zM6.5 2v2.5M9.5 2v2.5M6.5 11.5V14M9.5 11.5V14M2 6.5h2.5M2 9.5h2.5M11.5 6.5H14M11.5 9.5H14',
  min: 'M3.5 8h9',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  warn: 'M8 2 14.5 13.5h-13zM8 6.5v3M8 11.5h.01',
  off: 'M2 2l12 12M8 3a6 6 0 0 1 5.5 3.6M2.5 6.6A6 6 0 0 1 5 4M5.5 10a3.5 3.5 0 0 1 4-.6M8 13h.01',
} as const
