import type { ComponentChildren } from 'preact'
import type { FilterError } from '../contract/filter.ts'
import { Icon } from './Icon.tsx'
import { allIcons } from './icons-more.ts'
import { usePanel } from './panel.ts'

/** One figure of a panel's head. */
export function Stat({ value, label, tone }: { value: ComponentChildren; label: string; tone?: string }) {
  return (
    <span class={tone}>
      <b>{value}</b>
      {label}
    </span>
  )
}

export function FilterBox({
  placeholder,
  value,
  onInput,
  errors,
}: {
  placeholder: string
  value: string
  onInput(text: string): void
  errors: readonly FilterError[]
}) {
  return (
    <label class="inp filter" title={errors[0]?.message}>
      <Icon path={allIcons.search} small />
      <input
        type="search"
        placeholder={placeholder}
        aria-label={placeholder}
        aria-invalid={errors.length > 0}
        spellcheck={false}
        autocomplete="off"
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || value === '') return
          event.preventDefault()
          event.stopPropagation()
          onInput('')
        }}
      />
      <kbd>/</kbd>
    </label>
  )
}

/** The 40 px head of a panel: figures, tools, filter; and under it what the filter could not understand. */
export function PanelHead({
  children,
  tools,
  filter,
  errors = [],
}: {
  children?: ComponentChildren
  tools?: ComponentChildren
  filter?: string
  errors?: readonly FilterError[]
}) {
  const panel = usePanel()
  return (
    <>
      <div class="phead">
        <div class="stats">{children}</div>
        <span class="sp" />
        {tools}
        {filter && <FilterBox placeholder={filter} value={panel.filter} onInput={panel.setFilter} errors={errors} />}
      </div>
      {errors.length > 0 && (
        <p class="ferr" role="status">
          {errors[0]?.message}
        </p>
      )}
    </>
  )
}
