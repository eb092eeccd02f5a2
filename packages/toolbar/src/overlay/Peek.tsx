import type { Finding, RequestSummary } from '../contract/types.ts'
import { Icon } from '../ui/Icon.tsx'
import { icons } from '../ui/icons.ts'
import { toPeekFacts } from './peek-facts.ts'

export { default as peekCss } from './styles/peek.css?inline'

export interface PeekProps {
  id: string
  anchor: DOMRect
  vertical: boolean
  request: RequestSummary
  findings: readonly Finding[]
  ofPage: readonly RequestSummary[]
}

const WIDTH = 300
const HEIGHT = 220

/** On the free side of the item, inside the window. */
function toPlace(anchor: DOMRect, vertical: boolean): Record<string, string> {
  const { innerWidth, innerHeight } = window
  if (vertical) {
    const side: Record<string, string> =
      anchor.left < innerWidth / 2 ? { left: `${anchor.right + 12}px` } : { right: `${innerWidth - anchor.left + 12}px` }
    return { ...side, top: `${Math.max(8, Math.min(anchor.top - 8, innerHeight - HEIGHT))}px` }
  }
  const left = Math.max(8, Math.min(anchor.left + anchor.width / 2 - WIDTH / 2, innerWidth - WIDTH - 8))
  return anchor.top > innerHeight / 2
    ? { left: `${left}px`, bottom: `${innerHeight - anchor.top + 8}px` }
    : { left: `${left}px`, top: `${anchor.bottom + 8}px` }
}

/** Four lines about a figure, and the worst that was found about it. */
export function Peek({ id, anchor, vertical, request, findings, ofPage }: PeekProps) {
  const { title, note, lines, finding } = toPeekFacts(id, request, findings, ofPage)
  return (
    <div class="peek" id="peek" role="tooltip" style={toPlace(anchor, vertical)}>
      <p class="peek-head">
        {title}
        <span class="m3">{note}</span>
      </p>
      <dl>
        {lines.slice(0, 4).map(([label, value], index) => [
          <dt key={`${index} label`}>
            <bdi>{label}</bdi>
          </dt>,
          <dd key={`${index} value`}>
            <bdi>{value}</bdi>
          </dd>,
        ])}
      </dl>
      {finding && (
        <p class="note">
          <Icon path={icons.warn} />
          <span>
            <span class="b">{finding.title}</span>
            {finding.site && (
              <>
                <br />
                <bdi>
                  {finding.site.file.split('/').slice(-3).join('/')}:{finding.site.line}
                </bdi>
              </>
            )}
          </span>
        </p>
      )}
      <p class="hint">Click to open the panel</p>
    </div>
  )
}
