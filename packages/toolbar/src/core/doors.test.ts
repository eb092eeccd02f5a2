import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const files = (readdirSync(root, { recursive: true }) as string[])
  .filter((file) => /\.tsx?$/.test(file) && !/\.(?:test|e2e)\./.test(file) && !file.includes('testing'))
  .map((file) => ({ file: file.split(path.sep).join('/'), text: readFileSync(path.join(root, file), 'utf8') }))

const using = (pattern: RegExp, ...except: RegExp[]) =>
  files.filter(({ file, text }) => pattern.test(text) && !except.some((rule) => rule.test(file))).map(({ file }) => file)

describe('one door out', () => {
  it('only core/emit makes JSON in the Node half', () => {
    // diagnostics prints one literal of the options, toolbar compares two of them
    expect(
      using(
        /JSON\.stringify\(/,
        /^core\/emit\.ts$/,
        /^core\/diagnostics\.ts$/,
        /^toolbar\/runtime\.ts$/,
        /^(?:overlay|ui)\//,
        /\/view\.tsx$/,
        /^panels\/\w+\/(?!summary)[\w-]+\.tsx?$/,
      ),
    ).toEqual([])
  })

  it('only core/emit and the recorder turn a record into something to read', () => {
    expect(using(/\b(?:toView|toSummary)\(/, /^core\/emit\.ts$/, /^core\/recorder\.ts$/, /^http\/api\.ts$/)).toEqual([])
  })

  it('nothing writes HTML or runs text', () => {
    expect(
      using(
        /\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML|srcdoc|\beval\(|new Function\(|document\.currentScript/,
      ),
    ).toEqual([])
  })

  it('foreign objects are patched in core/patch only, but for the response and the request we were handed', () => {
    expect(using(/Object\.defineProperty\(globalThis/, /^core\/(?:context|function-places)\.ts$/, /^toolbar\/runtime\.ts$/)).toEqual([])
  })
})
