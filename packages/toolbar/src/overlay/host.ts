/** Events that must not reach the page: its shortcuts, focus traps and click-outside handlers stay asleep. */
const kept = [
  ...['keydown', 'keyup', 'keypress', 'beforeinput', 'input', 'change', 'compositionstart', 'compositionupdate', 'compositionend'],
  ...['focusin', 'focusout', 'click', 'dblclick', 'auxclick', 'contextmenu', 'wheel', 'copy', 'cut', 'paste', 'selectstart'],
  ...['pointerdown', 'pointerup', 'pointermove', 'pointerover', 'pointerout', 'pointercancel', 'gotpointercapture', 'lostpointercapture'],
  ...[
    'mousedown',
    'mouseup',
    'mousemove',
    'mouseover',
    'mouseout',
    'touchstart',
    'touchmove',
    'touchend',
    'touchcancel',
    'dragstart',
    'submit',
  ],
]

/** Tells the first toolbar of a document that the page is now another record's. */
export const TURN_EVENT = 'debug-toolbar:turn'

export interface Host {
  element: HTMLElement
  root: ShadowRoot
  /** adds a style sheet to the shadow root, once */
  adopt(css: string): void
}

/**
 * Puts the host into the document and above it: in the top layer a transform, a filter or a `z-index` of the page cannot move or cover
 * it. Browsers without popovers have it fixed in place.
 */
export function attach(element: HTMLElement): void {
  document.documentElement.append(element)
  element.showPopover?.()
}

/** The one element of the toolbar. It hangs on `<html>`, so that replacing `<body>` leaves it alone. */
export function createHost(): Host {
  const element = document.createElement('debug-toolbar')
  const root = element.attachShadow({ mode: 'open' })
  for (const type of kept) root.addEventListener(type, (event) => event.stopPropagation(), { passive: true })
  const adopted = new Set<string>()
  element.popover = 'manual'
  attach(element)
  return {
    element,
    root,
    adopt: (css) => {
      if (adopted.has(css)) return
      adopted.add(css)
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(css)
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
    },
  }
}
