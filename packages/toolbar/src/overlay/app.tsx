import { render } from 'preact'
import { areBuiltInsSound } from './built-ins.ts'
import { createClient } from './client.ts'
import { createHost, TURN_EVENT } from './host.ts'
import { keepInDocument } from './host-keeper.ts'
import { createModel, type Model } from './model.ts'
import { createPreferences } from './preferences.ts'
import { Root } from './Root.tsx'
import barCss from './styles/bar.css?inline'
import baseCss from './styles/base.css?inline'
import partsCss from './styles/parts.css?inline'
import tokensCss from './styles/tokens.css?inline'
import { createTokens } from './tokens.ts'

/**
 * The id of the page's record, or `page` on the stand-alone page. The script's attribute comes first: a browser that has the
 * script in memory from the page before gives it that page's address, fragment included. Where a framework has taken the
 * element away, the fragment is what is left.
 */
function readRecordId(address: URL): string {
  const scripts = document.querySelectorAll<HTMLElement>('script[data-debug-toolbar]')
  return scripts[scripts.length - 1]?.dataset.debugToolbar ?? decodeURIComponent(address.hash.slice(1))
}

/** Starts the toolbar. `address` is the address of the entry script; the API lies beside its folder. */
export function boot(address: string): void {
  const url = new URL(address)
  const id = readRecordId(url)
  if (window.top !== window.self || url.origin !== location.origin || id === '') return
  const running = document.documentElement.querySelector(':scope > debug-toolbar')
  if (running) {
    running.dispatchEvent(new CustomEvent(TURN_EVENT, { detail: id }))
    return
  }
  if (areBuiltInsSound()) run(address, id)
}

function run(address: string, id: string): void {
  const life = new AbortController()
  const { signal } = life
  const host = createHost()
  const preferences = createPreferences(() => localStorage)
  const client = createClient(
    new URL('../api/', address),
    createTokens(() => sessionStorage),
  )
  const model = createModel(client, preferences, id === 'page' ? null : id)
  const end = (): void => {
    life.abort()
    model.end()
    render(null, host.root)
    host.element.remove()
  }
  host.element.addEventListener(TURN_EVENT, (event) => model.turnTo(String((event as CustomEvent).detail)))
  for (const css of [tokensCss, baseCss, partsCss, barCss]) host.adopt(css)
  listenForKey(model, signal)
  window.addEventListener('pagehide', preferences.flush, { signal })
  try {
    render(<Root model={model} host={host} />, host.root)
  } catch (error) {
    end()
    throw error
  }
  const restart = (): void => {
    end()
    boot(address)
  }
  keepInDocument(host.element, { rewritten: restart, unwanted: end }, signal)
  const unsubscribe = client.forbidden.subscribe((forbidden) => forbidden && end())
  signal.addEventListener('abort', () => unsubscribe())
}

/** The only key the page shares with the toolbar, by place on the keyboard so that layouts do not matter. */
function listenForKey(model: Model, signal: AbortSignal): void {
  window.addEventListener(
    'keydown',
    (event) => {
      if (!event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.code !== 'Backquote' || event.isComposing) return
      event.preventDefault()
      event.stopPropagation()
      if (model.opened.peek() && !model.standalone) model.close()
      else {
        model.returnTo = document.activeElement
        model.open()
      }
    },
    { capture: true, signal },
  )
}
