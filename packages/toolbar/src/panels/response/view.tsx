import type { ComponentChildren } from 'preact'
import { Code } from '../../ui/Code.tsx'
import { Facts, Page, Section } from '../../ui/Facts.tsx'
import { Bytes, StatusChip } from '../../ui/figures.tsx'
import { formatBytes } from '../../ui/format.ts'
import { defineView, type PanelProps } from '../../ui/panel.ts'
import { ValueTree } from '../../ui/ValueTree.tsx'
import type { ResponsePanelData } from './data.ts'

function ResponseView({ data, request }: PanelProps<ResponsePanelData>) {
  const facts: [string, ComponentChildren][] = [
    [
      'status',
      <>
        <StatusChip request={request} /> {data.statusMessage}
      </>,
    ],
    ['type', data.contentType === null ? <span class="m3">none</span> : <bdi>{data.contentType}</bdi>],
    [
      'size',
      <>
        <Bytes value={data.bytes} /> <span class="m3">{data.streamed ? 'streamed' : ''}</span>
      </>,
    ],
    [
      'toolbar',
      data.injected ? (
        'one script at the end of the page, not counted in the size'
      ) : (
        <span class="wrap">{data.notInjected ?? 'not on this response'}</span>
      ),
    ],
  ]
  const cut =
    data.bodyLength !== null && data.text !== null
      ? `the first ${formatBytes(data.text.length)} of ${formatBytes(data.bodyLength)}`
      : undefined
  return (
    <Page label="Response">
      <div class="stack">
        <Section title="Response">
          <Facts rows={facts} />
        </Section>
        {data.json !== null && (
          <Section title="JSON body" note={data.bodyLength === null ? undefined : formatBytes(data.bodyLength)}>
            <ValueTree value={data.json} open />
          </Section>
        )}
        {data.text !== null && (
          <Section title="Body" note={cut}>
            <Code text={data.text} language="json" label="Body" />
          </Section>
        )}
      </div>
    </Page>
  )
}

export const view = defineView<ResponsePanelData>({ View: ResponseView })
