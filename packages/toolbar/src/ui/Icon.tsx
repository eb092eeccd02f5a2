/** An inline icon from a path; decorative, so it always stands beside a label or in a named control. */
export function Icon({ path, small, class: className }: { path: string; small?: boolean; class?: string }) {
  return (
    <svg class={`i${small ? ' sm' : ''}${className ? ` ${className}` : ''}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={path} />
    </svg>
  )
}

/** The mark: three bars of a waterfall. */
export function Logo() {
  return (
    <svg class="i mark" viewBox="0 0 16 16" aria-hidden="true">
      <path class="k-sql" d="M2 3.5h6.5" />
      <path class="k-tpl" d="M5 8h7" />
      <path class="k-http" d="M9 12.5h5" />
    </svg>
  )
}
