import { Component, type ComponentChildren } from 'preact'
import { allIcons } from '../../ui/icons-more.ts'
import { State } from '../../ui/States.tsx'

/** A view that throws shows why, and the rest of the toolbar goes on. */
export class Boundary extends Component<{ children: ComponentChildren; copy(text: string, what: string): void }, { error: Error | null }> {
  override state = { error: null as Error | null }

  static override getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <State
        icon={allIcons.alert}
        title="This panel could not be drawn"
        actions={
          <button type="button" class="btn" onClick={() => this.props.copy(error.stack ?? error.message, 'the details')}>
            Copy details
          </button>
        }
      >
        {error.message}
      </State>
    )
  }
}
