import type { Site } from '../../contract/types.ts'
import { Code } from '../../ui/Code.tsx'
import { Source } from '../../ui/Source.tsx'
import { Stack } from '../../ui/Stack.tsx'
import { type Answers, useDetail } from './use-answers.ts'

/** Who called whom until the query was asked for. */
export function DetailStack({ entry, site, inferred, answers }: { entry: number; site: Site | null; inferred: boolean; answers: Answers }) {
  const { value, state, error } = useDetail(answers, entry)
  if (state === 'failed' && value === null) return <p class="c-err">{error}</p>
  if (value === null) return <p class="m3">Reading the stack</p>
  const { stack, source, template } = value
  return (
    <>
      {stack.length > 0 ? (
        <Stack stack={stack} />
      ) : site ? (
        <div class="frame">
          <bdi class="mono trunc">{site.function ?? 'top level'}</bdi>
          <Source site={site} />
        </div>
      ) : (
        <p class="m2">No place in your code was seen: the query was started by a package, or call sites are turned off.</p>
      )}
      {inferred && (
        <p class="m2">
          Taken from an earlier run of the same query: stacks of repeated queries are sampled. Set stack.every to capture each one.
        </p>
      )}
      {source && (
        <Code text={source.lines.join('\n')} language="javascript" label="Source excerpt" firstLine={source.firstLine} hot={source.line} />
      )}
      {template && (
        <section>
          <h3 class="h">
            Template
            <Source site={{ file: template.file, line: template.line, column: null }} loud />
          </h3>
          {template.excerpt && (
            <Code
              text={template.excerpt.lines.join('\n')}
              language="javascript"
              label="Template excerpt"
              firstLine={template.excerpt.firstLine}
              hot={template.excerpt.line}
            />
          )}
        </section>
      )}
    </>
  )
}
