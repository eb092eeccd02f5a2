import { describe, expect, it } from 'vitest'
import { fromText, toEditorHref, toShortPath } from './source.ts'

const place = { file: '/app/src/a b.ts', line: 42, column: 7 }

describe('source', () => {
  it('is shown below the root, packages without the way to them', () => {
    expect(toShortPath('/app/src/books.ts', '/app')).toBe('src/books.ts')
    expect(toShortPath('/app/node_modules/a/node_modules/@b/c/d.js', '/app')).toBe('@b/c/d.js')
    expect(toShortPath('/apples/x.ts', '/app')).toBe('/apples/x.ts')
    expect(toShortPath('node:fs', '/app')).toBe('node:fs')
  })

  it('opens the editor where the file is on this machine', () => {
    expect(toEditorHref('vscode://file/{file}:{line}:{column}', place, [['/app', '/home/dev/shop']])).toBe(
      'vscode://file//home/dev/shop/src/a%20b.ts:42:7',
    )
    expect(toEditorHref('idea://open?file={file}&line={line}', place, [])).toBe('idea://open?file=/app/src/a%20b.ts&line=42')
  })

  it('is no link where it would lead to no editor', () => {
    expect(toEditorHref('javascript:alert(1)//{file}', place, [])).toBeNull()
    expect(toEditorHref('data:text/html,{file}', place, [])).toBeNull()
    expect(toEditorHref('', place, [])).toBeNull()
    expect(toEditorHref('vscode://file/{file}', { ...place, file: 'node:fs' }, [])).toBeNull()
    expect(toEditorHref('myeditor://open/{file}:{line}', place, [])).not.toBeNull()
  })

  it('is read from text', () => {
    expect(fromText('/app/x.ts:31')).toEqual({ file: '/app/x.ts', line: 31, column: null })
    expect(fromText('C:\\app\\x.ts:31:2')).toEqual({ file: 'C:\\app\\x.ts', line: 31, column: 2 })
    expect(fromText('/app/x.ts')).toEqual({ file: '/app/x.ts', line: null, column: null })
  })
})
