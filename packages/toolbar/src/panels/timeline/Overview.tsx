import { spineParts } from '../../ui/categories.ts'
import { Ms } from '../../ui/figures.tsx'
import { formatBytesDelta, formatMs, formatPlural, toDuration } from '../../ui/format.ts'
import { usePanel } from '../../ui/panel.ts'
import { SpineBar } from '../../ui/SpineBar.tsx'
import type { TimelinePanelData } from './data.ts'

/** The total, and the spine with its legend; each name opens the panel that explains it. */
export function Overview({ data }: { data: TimelinePanelData }) {
  const panel = usePanel()
  const total = toDuration(data.requestMs)
  const offered = new Set(panel.config?.panels.map(({ id }) => id))
  return (
    <div class="ovw">
      <div>
        <div class="hero">
          {total.figure}
          <span class="u"> {total.unit}</span>
        </div>
        <div class="m3 nw">
          CPU {formatMs(data.cpuMs)}, heap {formatBytesDelta(data.heapDeltaBytes)}
        </div>
      </div>
      <div class="ovs">
        <SpineBar spine={data.spine} named class="big" />
        <div class="legend">
          {spineParts
            .filter(({ key }) => data.spine[key] > 0)
            .map(({ key, hue, label, panel: target }) => {
              const content = (
                <>
                  <i class={`sw f-${hue}`} />
                  {label}{' '}
                  <b>
                    <Ms value={data.spine[key]} />
                  </b>
                </>
              )
              return offered.has(target) ? (
                <button key={key} type="button" onClick={() => panel.openPanel(target)}>
                  {content}
                </button>
              ) : (
                <span key={key}>{content}</span>
              )
            })}
          <span class="gapx" />
          <span class="m3 wide2">
            {formatPlural(data.findings, 'finding')}, {formatPlural(data.logs, 'log line')}
          </span>
        </div>
      </div>
    </div>
  )
}
