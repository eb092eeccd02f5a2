import { createToolbar as create } from '../toolbar/create.ts'
import type { Toolbar } from '../toolbar/handle.ts'
import type { ToolbarOptions } from '../toolbar/options.ts'
import { createExpressHooks } from './framework.ts'

/** The toolbar for Express. Loaded by `require`, and only where the toolbar is on. */
export function createToolbar(options?: ToolbarOptions): Toolbar {
  return create(options, createExpressHooks)
}
