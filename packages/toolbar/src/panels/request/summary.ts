import { definePanel, figure } from '../panel.ts'
import type { RequestPanelData } from './data.ts'

export const requestPanel = definePanel<RequestPanelData>({
  id: 'request',
  title: 'Request',
  types: [],
  summary: ({ summary }) => figure(summary.route ?? summary.path),
  data({ summary, facts }) {
    const site = facts.handler?.site ?? null
    return {
      method: summary.method,
      url: summary.url,
      route: summary.route,
      handler:
        facts.handler === null
          ? null
          : { name: facts.handler.name, site: site === null ? null : `${site.file}:${site.line}:${site.column}` },
      httpVersion: facts.httpVersion,
      remoteAddress: facts.remoteAddress,
      startedAt: summary.startedAt,
      params: facts.params,
      query: facts.query,
      body: facts.body,
      cookies: facts.cookies,
      session: facts.session,
      user: facts.user,
      files: facts.files,
      redirectedFrom: summary.redirectedFrom,
      redirectedTo: summary.redirectedTo,
    }
  },
})
