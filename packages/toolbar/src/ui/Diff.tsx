import type { FindingChange } from '../contract/types.ts'
import { dedent, Pieces, useLines } from './Code.tsx'

const signs = { same: ' ', removed: '−', added: '+' }
const names = { same: 'ctx', removed: 'del', added: 'add' }
const spoken = { same: '', removed: 'removed: ', added: 'added: ' }

/** The lines to paste: what is there after the change. */
export const toPasted = ({ lines }: FindingChange): string =>
  lines
    .filter(({ kind }) => kind !== 'removed')
    .map(({ text }) => text)
    .join('\n')

/** A change as a diff: signs and words say what colours say. */
export function Diff({ change, label }: { change: FindingChange; label: string }) {
  const { lines, language } = change
  const pieces = useLines(dedent(lines.map(({ text }) => text)).join('\n'), language)
  return (
    <section class="code" tabIndex={0} aria-label={label}>
      {lines.map(({ kind }, index) => (
        <div key={index} class={`ln ${names[kind]}`}>
          <b aria-hidden="true">{signs[kind]}</b>
          {spoken[kind] && <span class="sr">{spoken[kind]}</span>}
          <Pieces line={pieces[index] ?? []} />
        </div>
      ))}
    </section>
  )
}
