import path from 'node:path'
import { context, Frame } from '../core/context.ts'
import { beginningOf } from '../core/cut-text.ts'
import { type RawTemplate, templateKind } from '../core/entries/template.ts'
import type { RawEntry } from '../core/entry.ts'
import { guard } from '../core/guard.ts'
import { patchMethod, type Undo } from '../core/patch.ts'
import { previewBeyond } from '../core/preview.ts'
import type { RequestRecord } from '../core/record.ts'
import { patchEjsOf, withTopRender } from './ejs.ts'
import { isFunction, read } from './source.ts'

/**
 * `res.render` and `app.render`, any engine. `render` is an own property of each app, so each app is patched on first sight;
 * `View.prototype.render`, once per copy of Express, tells the file and the engine.
 */
export function patchViews(app: object, keep: (undo: Undo) => void): void {
  // its undo is not kept: the last `close()` undoes what is left, and an app may go before
  patchMethod(app, 'render', (original) => appRender(original as never))
  const prototype = read(read(read(app, 'settings'), 'view'), 'prototype')
  if (typeof prototype === 'object' && prototype !== null && isFunction(read(prototype, 'render')) && !viewsPatched.has(prototype)) {
    viewsPatched.add(prototype)
    const undo = patchMethod(prototype, 'render', (original) => viewRender(original as never, keep))
    keep(() => {
      viewsPatched.delete(prototype)
      undo()
    })
  }
}

const viewsPatched = new WeakSet<object>()

type Callback = (error?: unknown, html?: string) => void
type RenderFunction = (this: unknown, ...args: unknown[]) => unknown

interface PendingRender {
  entry: RawEntry
  record: RequestRecord
  frame: Frame
}

/** The render that `app.render` is starting on this thread; `View.render` runs inside of it, synchronously. */
let pending: PendingRender | null = null

function appRender(original: RenderFunction): RenderFunction {
  return function render(this: unknown, ...args: unknown[]): unknown {
    const frame = context.getStore()
    const record = frame?.scope.record ?? null
    const at = isFunction(args[1]) ? 1 : isFunction(args[2]) ? 2 : -1
    if (frame === undefined || record === null || at === -1) return original.apply(this, args)
    const entry = begin(record, frame, args[0], at === 1 ? undefined : args[1])
    if (entry === undefined) return original.apply(this, args)
    const done = args[at] as Callback
    const followed: Callback = (...answer) => {
      finish(record, entry, answer[0] == null ? 'ok' : 'error')
      return context.run(frame, () => done(...answer))
    }
    const before = pending
    const inner = new Frame(frame.scope, entry.id)
    pending = { entry, record, frame: inner }
    try {
      return context.run(inner, () => original.apply(this, args.with(at, followed)))
    } catch (error) {
      finish(record, entry, 'error')
      throw error
    } finally {
      pending = before
    }
  }
}

const begin = guard('views.begin', (record: RequestRecord, frame: Frame, name: unknown, options: unknown): RawEntry => {
  const parent = record.unpacked.findLast((entry) => entry.id === frame.parentId && entry.kind === templateKind)
  const locals = previewBeyond(options, null, record.limits)
  const shared = previewBeyond(read(options, '_locals') ?? {}, null, record.limits)
  const payload: RawTemplate = {
    engine: 'unknown',
    file: null,
    locals: typeof shared === 'object' && typeof locals === 'object' ? Object.assign(Object.create(null), shared, locals) : locals,
    parent: parent?.name ?? null,
  }
  return record.begin(templateKind, beginningOf(String(name), 200), frame.parentId, payload)
})

const finish = guard('views.finish', (record: RequestRecord, entry: RawEntry, status: 'ok' | 'error'): void => {
  record.finish(entry, status)
})

function viewRender(original: RenderFunction, keep: (undo: Undo) => void): RenderFunction {
  return function render(this: unknown, ...args: unknown[]): unknown {
    const own = pending
    pending = null
    if (own === null) return original.apply(this, args)
    const file = describeView(own, this, keep)
    if (file === undefined) return original.apply(this, args)
    return withTopRender({ entry: own.entry, record: own.record, file }, () => original.apply(this, args))
  }
}

const describeView = guard('views.describe', (own: PendingRender, view: unknown, keep: (undo: Undo) => void): string | undefined => {
  const payload = own.entry.data as RawTemplate
  const file = read(view, 'path')
  const extension = read(view, 'ext')
  if (typeof extension === 'string') payload.engine = extension.replace(/^\./, '')
  const undo = patchEjsOf(read(view, 'engine'))
  if (undo !== null) keep(undo)
  if (typeof file !== 'string') return undefined
  payload.file = file
  own.entry.name = path.basename(file)
  return file
})
