import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { HookHealth } from '../../contract/types.ts'
import { formatPlural } from '../../ui/format.ts'
import type { Model } from '../model.ts'
import type { DrawerState } from './drawer-state.ts'
import { Layer } from './Layer.tsx'

/** What failed inside of the toolbar: nothing is hidden, since figures may be missing for it. */
export function FaultsMenu({ model, state }: { model: Model; state: DrawerState }) {
  const hooks = useSignal<readonly HookHealth[] | null>(null)
  const { failures, off } = model.faults.value
  useEffect(() => {
    model.client.health().then(
      (health) => {
        hooks.value = health.hooks.filter((hook) => hook.failures > 0)
      },
      () => {
        hooks.value = []
      },
    )
  }, [failures, model, hooks])
  return (
    <Layer state={state} class="fltm" role="dialog" label="Failures of the toolbar">
      <p>
        The toolbar failed {formatPlural(failures, 'time')} since the app started. The app did not notice.{' '}
        {off.length > 0
          ? `Switched off until it starts again, after ten failures in a row: ${off.join(', ')}. What they record is missing.`
          : 'Something may be missing from the requests of that moment.'}
      </p>
      <div class="scroll">
        {hooks.value?.map((hook) => (
          <div class="what" key={hook.name}>
            <b>{hook.name}</b>
            <span class="m3">
              {formatPlural(hook.failures, 'time')}
              {hook.off && ', off'}
            </span>
            <code>{hook.lastError}</code>
          </div>
        ))}
      </div>
    </Layer>
  )
}
