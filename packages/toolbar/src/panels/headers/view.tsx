import { matches } from '../../contract/filter.ts'
import { Facts, Page, Section } from '../../ui/Facts.tsx'
import { formatPlural } from '../../ui/format.ts'
import { PanelHead, Stat } from '../../ui/PanelHead.tsx'
import { defineView, type PanelProps, usePanel } from '../../ui/panel.ts'
import { MASK } from '../../ui/preview.ts'
import { HEADER_FIELDS, type HeaderRow, type HeadersPanelData } from './data.ts'

type Field = (typeof HEADER_FIELDS)[number]

function Headers({ title, rows, all }: { title: string; rows: readonly HeaderRow[]; all: number }) {
  return (
    <Section title={title} note={rows.length === all ? formatPlural(all, 'header') : `${rows.length} of ${formatPlural(all, 'header')}`}>
      <Facts
        mono
        rows={rows.map(({ name, value, masked, note }) => [
          name,
          <>
            {masked ? <span class="m3">{MASK} masked</span> : <bdi class="wrap">{value}</bdi>}
            {note && <span class="chip note">{note}</span>}
          </>,
        ])}
      />
    </Section>
  )
}

function HeadersView({ data }: PanelProps<HeadersPanelData>) {
  const panel = usePanel()
  const filter = panel.parsed
  const pick = (rows: readonly HeaderRow[]) =>
    rows.filter(({ name, value }) => matches<Field>(filter, { text: [name, value], fields: { name, value } }))
  return (
    <>
      <PanelHead filter="Filter headers" errors={filter.errors}>
        <Stat value={data.request.length} label="in the request" />
        <Stat value={data.response.length} label="in the response" />
      </PanelHead>
      <Page label="Headers">
        <div class="grid2">
          <Headers title="Request" rows={pick(data.request)} all={data.request.length} />
          <Headers title="Response" rows={pick(data.response)} all={data.response.length} />
        </div>
      </Page>
    </>
  )
}

export const view = defineView<HeadersPanelData>({ View: HeadersView, fields: HEADER_FIELDS })
