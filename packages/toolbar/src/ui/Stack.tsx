import { useState } from 'preact/hooks'
import type { StackFrame } from '../contract/types.ts'
import { formatPlural } from './format.ts'
import { Icon } from './Icon.tsx'
import { allIcons } from './icons-more.ts'
import { Source } from './Source.tsx'

/** Runs of frames that are not the app's own become one line. */
function toRuns(stack: readonly StackFrame[]): { own: boolean; frames: StackFrame[] }[] {
  const runs: { own: boolean; frames: StackFrame[] }[] = []
  for (const frame of stack) {
    const own = frame.kind === 'app'
    const last = runs.at(-1)
    if (last?.own === own) last.frames.push(frame)
    else runs.push({ own, frames: [frame] })
  }
  return runs
}

function Frame({ frame }: { frame: StackFrame }) {
  const { file, line, column } = frame
  return (
    <li class={`frame${frame.kind === 'app' ? '' : ' dim'}`}>
      <bdi class="mono trunc">{frame.function ?? 'anonymous'}</bdi>
      {file !== null && <Source site={{ file, line, column }} />}
    </li>
  )
}

function Folded({ frames }: { frames: readonly StackFrame[] }) {
  const [open, setOpen] = useState(false)
  const packages = [
    ...new Set(
      frames.map(({ kind, file }) =>
        kind === 'node' ? 'node' : (/^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file ?? '')?.[1] ?? 'package'),
      ),
    ),
  ]
  if (open)
    return (
      <>
        {frames.map((frame, index) => (
          <Frame key={index} frame={frame} />
        ))}
      </>
    )
  return (
    <li>
      <button type="button" class="frame dim" aria-expanded={false} onClick={() => setOpen(true)}>
        <span class="trunc">
          {formatPlural(frames.length, 'frame')} in {packages.join(', ')}
        </span>
        <Icon path={allIcons.down} small />
      </button>
    </li>
  )
}

/** A whole stack; what is not the app's own is folded. */
export function Stack({ stack, empty = 'It carried no stack.' }: { stack: readonly StackFrame[]; empty?: string }) {
  if (stack.length === 0) return <p class="m3">{empty}</p>
  return (
    <ul class="frames">
      {toRuns(stack).map(({ own, frames }, index) =>
        own ? frames.map((frame, at) => <Frame key={`${index} ${at}`} frame={frame} />) : <Folded key={index} frames={frames} />,
      )}
    </ul>
  )
}
