import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Icon, Logo } from '../../ui/Icon.tsx'
import { icons } from '../../ui/icons.ts'
import controlsCss from '../../ui/styles/controls.css?inline'
import { ClientError } from '../client.ts'
import type { Host } from '../host.ts'
import type { Model } from '../model.ts'
import pairingCss from './pairing.css?inline'
import { answerTabs, askTabs } from './tabs.ts'

export { answerTabs }

/** What to do about an answer that is not a token. */
function toAdvice(error: unknown): { text: string; final: boolean } {
  const code = error instanceof ClientError ? error.code : ''
  if (code === 'WRONG_CODE')
    return { text: 'That is not the code of this run. A restart prints a new one: look for the last line that has it.', final: false }
  if (code === 'PAIRING_LOCKED') return { text: 'Ten wrong codes: the app takes no more. Restart it, and reload this page.', final: true }
  return { text: error instanceof Error ? error.message : String(error), final: false }
}

/** Stands in for the bar and the drawer as long as the app wants the pairing code of this browser. */
export function Pairing({ model, host }: { model: Model; host: Host }) {
  for (const css of [controlsCss, pairingCss]) host.adopt(css)
  const code = useRef<HTMLInputElement>(null)
  const pill = useRef<HTMLButtonElement>(null)
  /** other tabs of this browser are asked first */
  const asking = useSignal(true)
  const sending = useSignal(false)
  const advice = useSignal<{ text: string; final: boolean } | null>(null)
  const { client } = model
  const opened = model.opened.value

  const enter = async (): Promise<void> => {
    model.refocus = opened
    await model.retry()
    client.unpaired.value = false
  }
  useEffect(() => {
    answerTabs(client.tokens)
    void askTabs(client.refused()).then(async (token) => {
      if (token === null) asking.value = false
      else {
        client.tokens.write(token)
        await enter()
      }
    })
  }, [client])
  useEffect(() => {
    // only who opened or closed it gets the focus: a page of the app that loads keeps its own
    if (asking.value || !(model.refocus || model.standalone)) return
    ;(opened ? code : pill).current?.focus({ preventScroll: true })
    model.refocus = false
  }, [model, opened, asking.value])

  const onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const given = code.current?.value.trim() ?? ''
    if (sending.value || given === '') return code.current?.focus()
    sending.value = true
    advice.value = null
    try {
      await client.pair(given)
      await enter()
    } catch (error) {
      advice.value = toAdvice(error)
      code.current?.select()
    } finally {
      sending.value = false
    }
  }

  if (asking.value || model.hidden.value) return null
  const dock = model.standalone ? 'page' : model.preferences.value.value.barDock
  if (!opened)
    return (
      <div class="bar" role="toolbar" aria-label="debug-toolbar" data-dock={dock} data-shape="bar">
        <button
          ref={pill}
          type="button"
          class="bi inpill pairing"
          aria-label="Pair this browser"
          title="Open (Ctrl + `)"
          onClick={() => model.open()}
        >
          <Logo />
          <span>{dock === 'l' || dock === 'r' ? 'Pair' : 'Pair this browser'}</span>
        </button>
      </div>
    )
  const wrong = advice.value
  return (
    <section
      class="pair"
      aria-labelledby="pair-title"
      data-dock={dock}
      onKeyDown={(event) => event.key === 'Escape' && !model.standalone && model.close()}
    >
      <form onSubmit={onSubmit} noValidate>
        <h2 id="pair-title">
          <Logo /> Pair this browser
        </h2>
        <p id="pair-why">
          It is not on the machine of the app, so the toolbar shows it nothing yet. The terminal of the app says, when it starts:{' '}
          <span class="mono line">… the pairing code XXXXX-XXXXX</span>
        </p>
        <label for="pair-code">Pairing code</label>
        <div class="act">
          <span class="inp">
            <input
              ref={code}
              id="pair-code"
              class="mono"
              type="text"
              autocomplete="off"
              autocapitalize="characters"
              spellcheck={false}
              maxLength={40}
              disabled={wrong?.final}
              aria-invalid={wrong !== null}
              aria-describedby={wrong === null ? 'pair-why' : 'pair-wrong'}
            />
          </span>
          <button type="submit" class="btn pri" disabled={wrong?.final} aria-busy={sending.value}>
            Pair
          </button>
          {!model.standalone && (
            <button type="button" class="btn ghost" onClick={() => model.close()}>
              Not now
            </button>
          )}
        </div>
        <p id="pair-wrong" class="wrong" role="alert">
          {wrong !== null && (
            <>
              <Icon path={icons.warn} small /> {wrong.text}
            </>
          )}
        </p>
      </form>
    </section>
  )
}
