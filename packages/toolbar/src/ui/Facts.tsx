import type { ComponentChildren } from 'preact'

/** A headed list of names and values. */
export function Section({ title, note, children }: { title: string; note?: ComponentChildren; children?: ComponentChildren }) {
  return (
    <section>
      <h3 class="h">
        {title}
        {note && <span class="m3">{note}</span>}
      </h3>
      {children}
    </section>
  )
}

export function Facts({ rows, mono }: { rows: readonly (readonly [name: string, value: ComponentChildren])[]; mono?: boolean }) {
  return (
    <dl class={`kv${mono ? ' mono' : ''}`}>
      {rows.map(([name, value], index) => [
        <dt key={`${index} name`}>
          <bdi>{name}</bdi>
        </dt>,
        <dd key={`${index} value`}>{value}</dd>,
      ])}
    </dl>
  )
}

/** The scrolling body of a panel that is not a list. */
export function Page({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <section class="pbody scroll" tabIndex={0} aria-label={label}>
      <div class="pad fill">{children}</div>
    </section>
  )
}
