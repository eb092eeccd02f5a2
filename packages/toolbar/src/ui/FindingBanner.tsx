import type { Finding } from '../contract/types.ts'
import { Icon } from './Icon.tsx'
import { allIcons } from './icons-more.ts'
import { Source } from './Source.tsx'

const rank = { error: 0, warning: 1, info: 2 }
const tones = { error: 'err', warning: '', info: 'info' }

/** The worst finding about a panel in one sentence with its place; nothing without one. */
export function FindingBanner({ findings, onShow }: { findings: readonly Finding[]; onShow?(finding: Finding): void }) {
  const [worst, ...others] = findings.toSorted((a, b) => rank[a.severity] - rank[b.severity])
  if (!worst) return null
  return (
    <div class={`banner ${tones[worst.severity]}`} role="status">
      <Icon path={worst.severity === 'info' ? allIcons.info : allIcons.warn} />
      <div class="tx">
        <bdi class="b">{worst.title}</bdi>{' '}
        {worst.site && (
          <>
            <span class="m2">at</span> <Source site={worst.site} loud />
          </>
        )}{' '}
        <bdi class="m2 opt">{worst.evidence}</bdi>
        {others.length > 0 && <span class="m2"> and {others.length} more</span>}
      </div>
      {onShow && worst.entries.length > 0 && (
        <div class="acts">
          <button type="button" class="btn sm" onClick={() => onShow(worst)}>
            Show it
          </button>
        </div>
      )}
    </div>
  )
}
