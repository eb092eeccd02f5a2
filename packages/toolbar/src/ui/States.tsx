import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Icon } from './Icon.tsx'

const PATIENCE_MS = 150

/** Nothing at first, then grey rows in the shape of a panel. */
export function Loading() {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [])
  if (!late) return <div class="state" />
  return (
    <>
      <div class="phead">
        <span class="sk head" />
      </div>
      <div class="sks" role="status" aria-label="Loading">
        {Array.from({ length: 14 }, (_, row) => (
          <span key={row} class="skr">
            <span class="sk" style={{ width: '20px' }} />
            <span class="sk" style={{ width: `${[72, 48, 88, 60, 80, 40, 66][row % 7]}%` }} />
            <span class="sk" />
            <span class="sk" style={{ width: `${[20, 40, 12, 64, 30][row % 5]}%`, marginInlineStart: `${row * 3}%` }} />
          </span>
        ))}
      </div>
    </>
  )
}

/** The middle of a panel that has nothing to show: what, why, and one way onwards. */
export function State({
  icon,
  title,
  children,
  actions,
}: {
  icon: string
  title: string
  children?: ComponentChildren
  actions?: ComponentChildren
}) {
  return (
    <div class="state">
      <Icon path={icon} />
      <h3>{title}</h3>
      {children && <p>{children}</p>}
      {actions && <div class="acts">{actions}</div>}
    </div>
  )
}
