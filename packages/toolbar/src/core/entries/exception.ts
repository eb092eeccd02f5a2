import type { ExceptionCause, ExceptionData, Preview, StackFrame } from '../../contract/types.ts'
import { type Frame, kindOfFile, parseStack } from '../call-sites.ts'
import { defineKind } from '../entry.ts'
import { excerptOf } from '../excerpt.ts'
import { sizeOfPreview } from '../preview-size.ts'
import { mapSite } from '../source-maps.ts'

export interface RawCause {
  name: string
  message: string
  code: string | null
  /** compact text of call-sites.ts */
  stack: string
}

export interface RawException extends RawCause {
  status: number | null
  causes: RawCause[]
  properties: Preview
  raisedBy: string | null
  handledBy: string | null
}

export const exceptionKind = defineKind({
  type: 'exception',
  seal: (entry) => {
    const raw = entry.data as RawException
    return (
      256 +
      raw.stack.length +
      raw.message.length * 2 +
      sizeOfPreview(raw.properties) +
      raw.causes.reduce((sum, cause) => sum + 64 + cause.stack.length + cause.message.length * 2, 0)
    )
  },
  toData(entry): ExceptionData {
    const raw = entry.data as RawException
    const stack = toStackFrames(raw.stack)
    const placed = stack.some(({ kind }) => kind === 'app') ? stack : toStackFrames(entry.stack?.text ?? '')
    return {
      message: raw.message,
      code: raw.code,
      status: raw.status,
      stack,
      source: excerpt(placed),
      causes: raw.causes.map(
        (cause): ExceptionCause => ({ name: cause.name, message: cause.message, code: cause.code, stack: toStackFrames(cause.stack) }),
      ),
      properties: raw.properties,
      raisedBy: raw.raisedBy,
      handledBy: raw.handledBy,
    }
  },
})

/** Source-mapped frames, each with whose code it is. */
export function toStackFrames(text: string): StackFrame[] {
  return parseStack(text).map(toStackFrame)
}

function toStackFrame(frame: Frame): StackFrame {
  const kind = kindOfFile(frame.file)
  if (frame.file === null || kind === 'node')
    return { function: frame.function, file: frame.file, line: frame.line || null, column: frame.column || null, kind }
  const site = mapSite({ file: frame.file, line: frame.line, column: frame.column, function: frame.function })
  return { function: frame.function, file: site.file, line: site.line, column: site.column, kind: kindOfFile(site.file) }
}

/** Lines around the first frame of the user's code. */
function excerpt(stack: readonly StackFrame[]): ExceptionData['source'] {
  const frame = stack.find((candidate) => candidate.kind === 'app')
  return frame?.file == null || frame.line === null ? null : excerptOf(frame.file, frame.line)
}
