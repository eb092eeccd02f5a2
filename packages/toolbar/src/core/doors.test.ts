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
  it('only core/encode makes JSON in the Node half', () => {
    // diagnostics prints one literal of the options, toolbar compares two of them
    expect(
      using(
        /JSON\.stringify\(/,
        /^core\/encode\.ts$/,
        /^core\/diagnostics\.ts$/,
        /^toolbar\/runtime\.ts$/,
        /^(?:overlay|ui)\//,
        /\/view\.tsx$/,
        /^panels\/\w+\/(?!summary)[\w-]+\.tsx?$/,
      ),
    ).toEqual([])
  })

  it('only core/emit turns a record into something to read, for the API and for the stream', () => {
    expect(using(/\b(?:toView|toSummary)\(/, /^core\/emit\.ts$/, /^http\/api\.ts$/, /^toolbar\/reading\.ts$/)).toEqual([])
  })

  it('nothing writes HTML or runs text', () => {
    expect(
      using(
        /\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML|srcdoc|\beval\(|\bFunction\(['"`]|new Function\(|document\.currentScript|setHTMLUnsafe|createContextualFragment|DOMParser|\.cssText|setAttribute\(\s*['"](?:style|on|href|src)|(?:setTimeout|setInterval)\(\s*['"`]/,
      ),
    ).toEqual([])
  })

  it('addresses in the overlay are of editors and of its own page (T32), and styles are no text (T36)', () => {
    const attributes = files
      .filter(({ file }) => file.endsWith('.tsx'))
      .flatMap(({ text }) => [...text.matchAll(/\s((?:href|src|action|formaction)=(?:\{[^{}]*\}|"[^"]*"))/gi)].map(([, found]) => found))
    expect([...new Set(attributes)].sort()).toEqual(['href={href}', 'href={toPageAddress(model.config.value, model)}'])
    // what is named so comes of the one function that looks at the scheme
    expect(using(/\bhref(?: = |: )(?!toEditorHref\(|site && toEditorHref\(|string \| null)/, /^ui\/source\.ts$/)).toEqual([])
    expect(using(/\sstyle=(?:"|\{[`'"])/)).toEqual([])
  })

  it('no module of ours is imported whole: the bundle would take what all objects inherit for its exports', () => {
    expect(using(/import \* as \w+ from '\./, /^(?:overlay|ui)\//)).toEqual([])
  })

  it('foreign objects are patched in core/patch only, but for the response and the request we were handed', () => {
    expect(using(/Object\.defineProperty\(globalThis/, /^core\/(?:context|function-places)\.ts$/, /^toolbar\/runtime\.ts$/)).toEqual([])
  })
})
