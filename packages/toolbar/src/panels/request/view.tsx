import type { ComponentChildren } from 'preact'
import type { Preview } from '../../contract/types.ts'
import { Facts, Page, Section } from '../../ui/Facts.tsx'
import { formatClock } from '../../ui/format.ts'
import { defineView, type PanelProps } from '../../ui/panel.ts'
import { isNothing } from '../../ui/preview.ts'
import { Source } from '../../ui/Source.tsx'
import { fromText } from '../../ui/source.ts'
import { ValueRows, ValueTree } from '../../ui/ValueTree.tsx'
import type { RequestPanelData } from './data.ts'

const isEmpty = (value: Preview): boolean => value === null || (typeof value === 'object' && Object.keys(value).length === 0)

function Value({ title, value, absent }: { title: string; value: Preview; absent: string }) {
  if (isNothing(value)) return <Section title={title} note={absent} />
  if (isEmpty(value)) return <Section title={title} note="none" />
  return (
    <Section title={title}>
      <ValueTree value={value} />
    </Section>
  )
}

function RequestView({ data }: PanelProps<RequestPanelData>) {
  const { handler } = data
  const facts: [string, ComponentChildren][] = [
    ['method', data.method],
    ['url', <bdi class="wrap">{data.url}</bdi>],
    ['pattern', data.route === null ? <span class="m3">no route matched</span> : <bdi>{data.route}</bdi>],
  ]
  if (handler) facts.push(['handler', <bdi>{handler.name}</bdi>])
  if (handler?.site) facts.push(['source', <Source site={fromText(handler.site)} loud />])
  const connection: [string, ComponentChildren][] = [
    ['http', data.httpVersion],
    ['from', data.remoteAddress ?? 'unknown'],
    ['at', formatClock(data.startedAt)],
  ]
  if (data.redirectedFrom) connection.push(['redirected from', data.redirectedFrom])
  if (data.redirectedTo) connection.push(['redirected to', data.redirectedTo])
  return (
    <Page label="Request">
      <div class="flow">
        <Section title="Route">
          <Facts rows={facts} mono />
        </Section>
        <Value title="Params" value={data.params} absent="none" />
        <Value title="Query" value={data.query} absent="nothing parsed it" />
        <Value title="Body" value={data.body} absent="nothing parsed it" />
        <Section title="Cookies" note={data.cookies.length === 0 ? 'none' : undefined}>
          {data.cookies.length > 0 && <ValueRows entries={data.cookies} />}
        </Section>
        <Value title="Session" value={data.session} absent="no session" />
        <Value title="User" value={data.user} absent="no user" />
        <Value title="Files" value={data.files} absent="none" />
        <Section title="Connection">
          <Facts rows={connection} mono />
        </Section>
      </div>
    </Page>
  )
}

export const view = defineView<RequestPanelData>({ View: RequestView })
