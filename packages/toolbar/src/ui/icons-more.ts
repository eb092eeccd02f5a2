import { icons } from './icons.ts'

/** Every icon, for the drawer. */
export const allIcons = {
  ...icons,
  request: 'M2 8h7.5M6.5 5l3 3-3 3M9 2.5h4.5v11H9',
  headers: 'M2.5 3.5h3M8 3.5h5.5M2.5 8h3M8 8h5.5M2.5 12.5h3M8 12.5h5.5',
  response: 'M14 8H6.5M9.5 5l-3 3 3 3M7 2.5H2.5v11H7',
  profile:
    'M8.2 1.5c.4 2.6 4 4 4 7.7A4.3 4.3 0 0 1 8 13.8a4.3 4.3 0 0 1-4.2-4.3c0-1.6.8-2.7 1.7-3.5.2 1 .7 1.5 1.3 1.7-.2-2.1 0-4.3 1.4-6.2Z',
  page: 'M3.2 12.5a6 6 0 1 1 9.6 0M8 9.5l2.8-3.3M8 9.5h.01',
  history: 'M8 2a6 6 0 1 1-5.7 4M2 2.5V6h3.5M8 4.8V8l2.2 1.5',
  compare: 'M2.5 2.5h4.2v11H2.5zM9.3 2.5h4.2v11H9.3z',
  settings: 'M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6M10 2.9v3.2M6 9.9v3.2',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.4 10.4 14 14',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  down: 'M4 6l4 4 4-4',
  right: 'M6 4l4 4-4 4',
  left: 'M10 4L6 8l4 4',
  pin: 'M6 2h4l-.5 4.5 2.5 2.5H4l2.5-2.5zM8 9v5',
  dockBottom: 'M2.5 2.5h11v11h-11zM2.5 9.5h11',
  dockRight: 'M2.5 2.5h11v11h-11zM9.5 2.5v11',
  popOut: 'M8.5 2.5h5v5M13.5 2.5 8 8M6.5 3.5h-4v10h10v-4',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  code: 'M5 4.5 1.5 8 5 11.5M11 4.5 14.5 8 11 11.5',
  alert: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 5v3.5M8 11h.01',
  info: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 7.5V11M8 5h.01',
  check: 'M3 8.5 6.5 12 13 4.5',
  theme: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5Z',
  box: 'M2.5 5 8 2l5.5 3v6L8 14l-5.5-3zM2.5 5 8 8l5.5-3M8 8v6',
  trash: 'M2.5 4h11M6 4V2.5h4V4M4 4l.6 9.5h6.8L12 4M6.8 6.8v4M9.2 6.8v4',
  play: 'M4.5 3v10l8.5-5z',
  dot: 'M8 8h.01',
} as const

export type IconName = keyof typeof allIcons
