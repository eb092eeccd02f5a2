import type { Finding } from '../contract/types.ts'
import { bySeverity, severityTones, severityWords } from './FindingParts.tsx'
import { Icon } from './Icon.tsx'
import { allIcons } from './icons-more.ts'
import { usePanel } from './panel.ts'
import { Source } from './Source.tsx'
import { toEditorHref } from './source.ts'

/** The worst finding about a panel in one sentence with its place; nothing without one. */
export function FindingBanner({ findings, onShow }: { findings: readonly Finding[]; onShow?(finding: Finding): void }) {
  const panel = usePanel()
  const [worst, ...others] = findings.toSorted(bySeverity)
  if (!worst) return null
  const { severity, site } = worst
  const href = site && toEditorHref(panel.editorUrl, site, panel.config?.pathMap ?? [])
  return (
    <div class={`banner ${severity === 'warning' ? '' : severityTones[severity]}`} role="status">
      <Icon path={severity === 'info' ? allIcons.info : allIcons.warn} />
      <div class="tx">
        <span class="sr">{severityWords[severity]}: </span>
        <bdi class="b">{worst.title}</bdi>{' '}
        {site && (
          <>
            <span class="m2">at</span> <Source site={site} loud />
            {'. '}
          </>
        )}
        <bdi class="m2 opt">{worst.evidence}</bdi>
        {others.length > 0 && (
          <>
            {' '}
            <button type="button" class="more" onClick={() => panel.openPanel('findings')}>
              {others.length} more
            </button>
          </>
        )}
      </div>
      <div class="acts">
        {onShow && worst.entries.length > 0 && (
          <button type="button" class="btn sm" onClick={() => onShow(worst)}>
            Show the fix
          </button>
        )}
        {href && (
          <a class="btn sm" href={href}>
            Open code
          </a>
        )}
      </div>
    </div>
  )
}
