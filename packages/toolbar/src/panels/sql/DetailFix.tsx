import type { Finding, RequestSummary } from '../../contract/types.ts'
import { Change, Effect, FindingActions, severityTones, severityWords } from '../../ui/FindingParts.tsx'
import { Source } from '../../ui/Source.tsx'

/** What was found about a query, and what to do about it. */
export function DetailFix({ findings, request }: { findings: readonly Finding[]; request: RequestSummary }) {
  return (
    <>
      {findings.map((finding, index) => (
        <section key={index} class="fixs">
          <h3 class="h">
            <bdi>{finding.title}</bdi>
            <span class={`chip ${severityTones[finding.severity]}`}>{severityWords[finding.severity]}</span>
          </h3>
          <p class="m2">
            <bdi>{finding.evidence}</bdi> <bdi>{finding.fix}</bdi>
          </p>
          {finding.site && (
            <p>
              <span class="m3">Called from </span>
              <Source site={finding.site} loud />
            </p>
          )}
          <Change finding={finding} />
          {finding.effect && <Effect effect={finding.effect} request={request} />}
          <FindingActions finding={finding} />
        </section>
      ))}
    </>
  )
}
