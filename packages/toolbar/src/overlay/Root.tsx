import { useSignal, useSignalEffect } from '@preact/signals'
import type { ComponentType } from 'preact'
import { Bar } from './Bar.tsx'
import type { DrawerProps } from './drawer/Drawer.tsx'
import type { Host } from './host.ts'
import { loadDrawer } from './load-drawer.ts'
import type { Model } from './model.ts'
import { loadPairing } from './pairing/load.ts'

/** Either the bar or the drawer; the bar until the drawer has arrived. */
export function Root({ model, host }: { model: Model; host: Host }) {
  const Drawer = useSignal<ComponentType<DrawerProps> | null>(null)
  const Pairing = useSignal<ComponentType<{ model: Model; host: Host }> | null>(null)
  const failed = useSignal(false)
  const theme = model.preferences.value.value.theme ?? model.config.value?.theme ?? 'auto'
  useSignalEffect(() => {
    if (!model.opened.value || Drawer.peek()) return
    loadDrawer().then(
      (module) => {
        failed.value = false
        Drawer.value = module.Drawer
      },
      () => {
        // the app was rebuilt or is down: the bar stays
        failed.value = true
        model.opened.value = false
      },
    )
  })
  useSignalEffect(() => {
    const needed = model.client.unpaired.value
    if (!needed && model.client.tokens.read() === null) return
    loadPairing().then(
      (module) => {
        if (needed) Pairing.value = module.Pairing
        else module.answerTabs(model.client.tokens)
      },
      () => {},
    )
  })
  const Loaded = Drawer.value
  const Asking = Pairing.value
  return (
    <div class="dt" lang="en" dir="ltr" data-theme={theme}>
      {model.client.unpaired.value ? (
        Asking && <Asking model={model} host={host} />
      ) : model.opened.value && Loaded ? (
        <Loaded model={model} host={host} />
      ) : model.standalone ? null : (
        <Bar model={model} host={host} />
      )}
    </div>
  )
}
