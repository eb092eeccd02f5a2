import type { RequestDetail, RequestList } from 'debug-toolbar'

export interface Page {
  address: string
  text: string
}

type Paths = Record<string, Record<string, { parameters: { name: string; in: string }[] }>>

/** Actions that need a wish of their own: what a client must say. */
const bodies: Record<string, unknown> = { '/api/pair': { code: 'wrong' } }
/** The console answers ten times a minute. */
const maxRuns = 5

/**
 * Everything that the toolbar at `base` has to say, by its own description: a route that is added is walked too,
 * and one whose parameters are not known here fails the test.
 * @param worth which entries are worth an action, by the end of its address
 */
export async function crawl(base: string, worth: Readonly<Record<string, RegExp>>): Promise<Page[]> {
  const pages: Page[] = []
  const read = async (path: string, init: RequestInit = {}): Promise<string> => {
    const answer = await fetch(base + path, init)
    const text = await answer.text()
    pages.push({ address: `${init.method ?? 'GET'} ${path} ${answer.status}`, text: `${[...answer.headers].join('\n')}\n${text}` })
    return text
  }
  const act = (path: string, method: string, body: unknown) =>
    read(path, { method, headers: { 'content-type': 'application/json', 'x-debug-toolbar': '1' }, body: JSON.stringify(body) })
  const { paths } = JSON.parse(await read('/api/openapi.json')) as { paths: Paths }
  const { requests } = JSON.parse(await read('/api/requests?limit=1000')) as RequestList
  const ids = ['outside', ...requests.map(({ id }) => id)]
  const entries = new Map<string, { id: number; type: string; name: string }[]>()
  const panels = new Map<string, string[]>()
  for (const id of ids) {
    entries.set(
      id,
      (JSON.parse(await read(`/api/requests/${id}/entries`)) as { entries: { id: number; type: string; name: string }[] }).entries,
    )
    panels.set(
      id,
      (JSON.parse(await read(`/api/requests/${id}`)) as RequestDetail).panels.map((panel) => panel.id),
    )
  }
  for (const [path, methods] of Object.entries(paths))
    for (const method of Object.keys(methods)) {
      if (path === '/api/stream' || path.startsWith('/assets/') || (method === 'delete' && path === '/api/requests')) continue
      let runs = 0
      const action = path.slice(path.lastIndexOf('/') + 1)
      const names = [...path.matchAll(/\{(\w+)\}/g)].map((found) => found[1] as string)
      const unknown = names.filter((name) => !['id', 'entry', 'panel'].includes(name))
      if (unknown.length > 0) throw new Error(`${method} ${path}: what is {${unknown.join()}}? Teach this crawler.`)
      for (const id of names.includes('id') ? ids : ['']) {
        const inner = names.includes('panel') ? (panels.get(id) as string[]) : names.includes('entry') ? (entries.get(id) ?? []) : ['']
        for (const item of inner) {
          const entry = typeof item === 'string' ? null : item
          const address = path.replace('{id}', id).replace('{panel}', String(item)).replace('{entry}', String(entry?.id))
          if (method === 'get') await read(address)
          else if (entry === null) await act(address, method.toUpperCase(), bodies[path] ?? {})
          else if (entry.type === 'sql' && worth[action]?.test(entry.name) && runs++ < maxRuns) await act(address, 'POST', {})
        }
      }
    }
  await act('/api/requests', 'DELETE', {})
  return pages
}

/** Collects the stream until it is ended. */
export async function listen(base: string): Promise<() => string> {
  const abort = new AbortController()
  const answer = await fetch(`${base}/api/stream`, { signal: abort.signal })
  let heard = ''
  void answer.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeTo(
      new WritableStream({
        write(chunk) {
          heard += chunk
        },
      }),
    )
    .catch(() => {})
  return () => {
    abort.abort()
    return heard
  }
}
