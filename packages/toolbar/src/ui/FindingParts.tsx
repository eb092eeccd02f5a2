import type { ComponentChildren } from 'preact'
import type { Finding, FindingEffect, RequestSummary, Severity, Spine } from '../contract/types.ts'
import { Diff, toPasted } from './Diff.tsx'
import { formatMs, formatPlural } from './format.ts'
import { Icon } from './Icon.tsx'
import { allIcons } from './icons-more.ts'
import { usePanel } from './panel.ts'
import { SpineBar } from './SpineBar.tsx'
import { toEditorHref } from './source.ts'

/** How bad, in a word: a colour alone says nothing. */
export const severityWords: Record<Severity, string> = { error: 'Critical', warning: 'High', info: 'Low' }
export const severityTones: Record<Severity, 'err' | 'warn' | 'info'> = { error: 'err', warning: 'warn', info: 'info' }
export const severityRank: Record<Severity, number> = { error: 0, warning: 1, info: 2 }

export const bySeverity = (a: Finding, b: Finding): number => severityRank[a.severity] - severityRank[b.severity]

/** What is left of the spine when the time that the change saves is taken from the database's share, and then from the rest. */
function afterwards(spine: Spine, { durationMs }: FindingEffect): Spine {
  const saved = Math.max(0, durationMs.before - durationMs.after)
  const sql = Math.max(0, spine.sql - saved)
  return { ...spine, sql, app: Math.max(0, spine.app - Math.max(0, saved - spine.sql)) }
}

/** Before and after on one scale. */
export function Effect({ effect, request }: { effect: FindingEffect; request: RequestSummary }) {
  const { queries, durationMs } = effect
  const share = durationMs.before > 0 ? Math.min(1, durationMs.after / durationMs.before) : 1
  return (
    <div class="ba">
      <span>Now</span>
      <span>
        <SpineBar spine={request.spine} />
      </span>
      <span class="r nw">
        <b>{formatPlural(queries.before, 'query', 'queries')}</b>, <b>{formatMs(durationMs.before)}</b>
      </span>
      <span>Fixed</span>
      <span>
        <span class="bax" style={{ width: `${(share * 100).toFixed(1)}%` }}>
          <SpineBar spine={afterwards(request.spine, effect)} />
        </span>
      </span>
      <span class="r nw">
        <b class={queries.after < queries.before ? 'c-ok' : ''}>{formatPlural(queries.after, 'query', 'queries')}</b>, about{' '}
        <b class={durationMs.after < durationMs.before ? 'c-ok' : ''}>{formatMs(durationMs.after)}</b>
      </span>
    </div>
  )
}

/** The change as a diff; nothing where there is none. */
export function Change({ finding }: { finding: Finding }) {
  return finding.change && <Diff change={finding.change} label="Suggested change" />
}

/** What can be done about a finding. */
export function FindingActions({ finding, children }: { finding: Finding; children?: ComponentChildren }) {
  const panel = usePanel()
  const { site, change } = finding
  const href = site && toEditorHref(panel.editorUrl, site, panel.config?.pathMap ?? [])
  return (
    <div class="acts">
      {href && (
        <a class="btn pri" href={href} data-key-o>
          <Icon path={allIcons.code} small />
          Open code
        </a>
      )}
      {change && (
        <button type="button" class="btn" data-key-y onClick={() => panel.copy(toPasted(change), 'the change')}>
          <Icon path={allIcons.copy} small />
          Copy change
        </button>
      )}
      {children}
      <button
        type="button"
        class="btn ghost"
        onClick={() => {
          panel.setIgnored(finding.key, true)
          panel.toast('Ignored from now on', () => panel.setIgnored(finding.key, false))
        }}
      >
        Ignore
      </button>
    </div>
  )
}
