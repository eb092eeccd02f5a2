import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  debugToolbar,
  type Entry,
  type RequestDetail,
  type RequestList,
  type RequestSummary,
  type Toolbar,
  type ToolbarOptions,
} from 'debug-toolbar'

/** An app on a port of its own with the toolbar on it, and the JSON API at hand. */
export interface Running {
  url: string
  server: Server
  toolbar: Toolbar
  get(path: string, headers?: Record<string, string>): Promise<Response>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  api<Answer = RequestList>(path: string): Promise<Answer>
  /** the newest request, once it is sealed */
  latest(path?: string): Promise<RequestSummary>
  detail(id: string): Promise<RequestDetail>
  entries<Data = unknown>(id: string, type?: string): Promise<Entry<Data>[]>
  panel<Data>(id: string, panel: string): Promise<Data>
  close(): Promise<void>
}

/** @param build gets the toolbar, returns the app */
export async function serve(
  options: ToolbarOptions,
  build: (toolbar: Toolbar) => RequestListener | Promise<RequestListener>,
): Promise<Running> {
  const toolbar = debugToolbar(options)
  const server = createServer(await build(toolbar))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const api = async <Answer = RequestList>(path: string): Promise<Answer> =>
    (await fetch(`${url}${options.path ?? '/__debug__'}/api/${path}`)).json() as Promise<Answer>
  return {
    url,
    server,
    toolbar,
    get: (path, headers = {}) => fetch(url + path, { headers, redirect: 'manual' }),
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        redirect: 'manual',
      }),
    api,
    async latest(path) {
      for (let attempt = 0; attempt < 200; attempt++) {
        const { requests, counts } = await api<RequestList>('requests?limit=1000')
        const found = requests.find((request) => path === undefined || request.path === path)
        if (found !== undefined && found.state !== 'running' && counts.running === 0) return found
        await sleep(10)
      }
      throw new Error(`no finished request ${path ?? ''}`)
    },
    detail: (id) => api<RequestDetail>(`requests/${id}`),
    entries: async <Data>(id: string, type?: string) =>
      (await api<{ entries: Entry<Data>[] }>(`requests/${id}/entries${type === undefined ? '' : `?type=${type}`}`)).entries,
    panel: (id, panel) => api(`requests/${id}/panels/${panel}`),
    async close() {
      toolbar.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** What a browser sends when a person opens a page. */
export const navigation = {
  accept: 'text/html,application/xhtml+xml',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-site': 'none',
}

export const document = (body: string): string => `<!doctype html><html lang="en"><head><title>t</title></head><body>${body}</body></html>`
