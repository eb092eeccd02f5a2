import { createRequire } from 'node:module'
import path from 'node:path'
import { context, Frame } from '../core/context.ts'
import { type RawTemplate, templateKind } from '../core/entries/template.ts'
import type { RawEntry } from '../core/entry.ts'
import { guard } from '../core/guard.ts'
import { type AnyFunction, dressLike, patchMethod, type Undo } from '../core/patch.ts'
import { previewBeyond } from '../core/preview.ts'
import type { RequestRecord } from '../core/record.ts'
import { isFunction, read, type Source } from './source.ts'

/**
 * EJS: every template function it compiles is followed by a stopwatch, includes too, since they are compiled through the same property.
 * The copy the app uses is found by its engine function, or watched by instance where that is an ES module copy.
 */
export const ejsSource: Source = {
  id: 'ejs',
  what: 'the ejs module',
  mechanism: 'compile of the module',
  recognise: (value) =>
    isFunction(read(value, 'compile')) &&
    isFunction(read(value, 'renderFile')) &&
    isFunction(read(value, 'render')) &&
    read(value, 'delimiter') !== null,
  watch: (target: never, label) => ({ undo: patchEjs(target as object), label: label ?? 'ejs' }),
}

const patched = new WeakMap<object, { undo: Undo; uses: number }>()
/** by engine function: the copy it belongs to, `null` when it is none of EJS's */
const owners = new WeakMap<AnyFunction, object | null>()

/** Patches the copy of EJS whose engine function an Express app uses; `null` when there is none, or it is patched already. */
export function patchEjsOf(engine: unknown): Undo | null {
  if (!isFunction(engine)) return null
  let owner = owners.get(engine as AnyFunction)
  if (owner === undefined) {
    owner = findOwner(engine)
    owners.set(engine as AnyFunction, owner)
  }
  return owner === null || patched.has(owner) ? null : patchEjs(owner)
}

function findOwner(engine: unknown): object | null {
  const { cache } = createRequire(import.meta.url)
  for (const file of Object.keys(cache)) {
    if (!file.includes('ejs')) continue
    const exported: unknown = cache[file]?.exports
    for (const candidate of [exported, read(exported, 'default')]) {
      if (typeof candidate !== 'object' || candidate === null || !isFunction(read(candidate, 'compile'))) continue
      if (read(candidate, '__express') === engine || read(candidate, 'renderFile') === engine) return candidate
    }
  }
  return null
}

function patchEjs(ejs: object): Undo {
  let known = patched.get(ejs)
  if (known === undefined) {
    const undo = patchMethod(ejs, 'compile', (original) => {
      return function compile(
        this: unknown,
        template: unknown,
        options?: { filename?: unknown; client?: unknown },
        ...rest: unknown[]
      ): unknown {
        const render: unknown = original.call(this, template, options, ...rest)
        return isFunction(render) && options?.client !== true && typeof options?.filename === 'string'
          ? followed(render as AnyFunction, options.filename)
          : render
      }
    })
    known = { undo, uses: 0 }
    patched.set(ejs, known)
  }
  known.uses++
  const entry = known
  return () => {
    if (--entry.uses > 0) return
    entry.undo()
    patched.delete(ejs)
  }
}

/** The render that the engine was just asked for: its first template function is that render, not one inside of it. */
export interface TopRender {
  readonly entry: RawEntry
  readonly record: RequestRecord
  readonly file: string
}

let top: TopRender | null = null
/** data of the template that is rendering on this thread: what an include has beyond it is its own */
let outerData: unknown = null

/** Runs an engine with `render` as the render it belongs to. */
export function withTopRender<Result>(render: TopRender, run: () => Result): Result {
  const before = top
  const dataBefore = outerData
  top = render
  outerData = null
  try {
    return run()
  } finally {
    top = before
    outerData = dataBefore
  }
}

function followed(render: AnyFunction, file: string): AnyFunction {
  function anonymous(this: unknown, data: unknown, ...rest: unknown[]): unknown {
    const frame = context.getStore()
    const record = frame?.scope.record ?? null
    if (frame === undefined || record === null) return render.call(this, data, ...rest)
    const before = outerData
    if (top !== null && top.record === record && top.file === file) {
      const own = top
      top = null
      outerData = data
      try {
        return render.call(this, data, ...rest)
      } finally {
        outerData = before
        top = own
      }
    }
    const entry = begin(record, frame, file, data)
    if (entry === undefined) return render.call(this, data, ...rest)
    outerData = data
    let result: unknown
    try {
      result = context.run(new Frame(frame.scope, entry.id), () => render.call(this, data, ...rest))
    } catch (error) {
      finish(record, entry, 'error')
      throw error
    } finally {
      outerData = before
    }
    // an async template: its promise is returned as one that settles the same way, after the clock has stopped
    if (!(result instanceof Promise)) finish(record, entry, 'ok')
    else
      result.then(
        () => finish(record, entry, 'ok'),
        () => finish(record, entry, 'error'),
      )
    return result
  }
  dressLike(anonymous, render)
  return anonymous
}

const begin = guard('ejs.begin', (record: RequestRecord, frame: Frame, file: string, data: unknown): RawEntry => {
  const parent = record.unpacked.findLast((entry) => entry.id === frame.parentId && entry.kind === templateKind)
  const payload: RawTemplate = {
    engine: 'ejs',
    file,
    locals: previewBeyond(data, outerData, record.limits),
    parent: parent?.name ?? null,
  }
  return record.begin(templateKind, path.basename(file), frame.parentId, payload)
})

const finish = guard('ejs.finish', (record: RequestRecord, entry: RawEntry, status: 'ok' | 'error'): void => {
  record.finish(entry, status)
})
