import type { OverlayConfig } from '../../contract/types.ts'
import type { IconName } from '../../ui/icons-more.ts'
import { hasView, SETTINGS } from './views.ts'

export interface PanelTab {
  id: string
  title: string
  icon: IconName
  /** suffix of the class that carries its category's hue, which makes the navigation the legend */
  hue: string
}

const groups: [id: string, title: string, icon: IconName, hue: string][][] = [
  [
    ['timeline', 'Timeline', 'timeline', ''],
    ['findings', 'Findings', 'findings', ''],
  ],
  [
    ['sql', 'SQL', 'sql', 'c-sql'],
    ['templates', 'Templates', 'templates', 'c-tpl'],
    ['cache', 'Cache', 'cache', 'c-cache'],
    ['http', 'HTTP client', 'http', 'c-http'],
    ['signals', 'Signals', 'signals', 'c-event'],
    ['logs', 'Logs', 'logs', ''],
    ['exceptions', 'Exceptions', 'exceptions', ''],
  ],
  [
    ['request', 'Request', 'request', ''],
    ['headers', 'Headers', 'headers', ''],
    ['response', 'Response', 'response', ''],
    ['time', 'Time', 'time', ''],
    ['profile', 'Profile', 'profile', ''],
    ['page', 'Page', 'page', ''],
  ],
  [
    ['history', 'History', 'history', ''],
    ['compare', 'Compare', 'compare', ''],
    [SETTINGS, 'Settings', 'settings', ''],
  ],
]
/** what the browser has by itself, whatever the server lists */
const own = new Set(['history', SETTINGS])

/** The navigation: panels that the server has and this build can draw, in the order of the design; unknown ones after the known. */
export function toNavigation(config: OverlayConfig | null): PanelTab[][] {
  const offered = config ? new Map(config.panels.map(({ id, title }) => [id, title])) : null
  const known = new Set(groups.flat().map(([id]) => id))
  const tabs = groups.map((group) =>
    group
      .filter(([id]) => hasView(id) && (own.has(id) || offered === null || offered.has(id)))
      .map(([id, title, icon, hue]): PanelTab => ({ id, title: offered?.get(id) ?? title, icon, hue })),
  )
  const more = [...(offered ?? [])]
    .filter(([id]) => !known.has(id) && hasView(id))
    .map(([id, title]): PanelTab => ({ id, title, icon: 'dot', hue: '' }))
  tabs[2]?.push(...more)
  return tabs.filter((group) => group.length > 0)
}
