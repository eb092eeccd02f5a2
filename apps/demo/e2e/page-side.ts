import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { AppPage } from './pages.ts'

const load = createRequire(import.meta.url)

/** A file of an installed package, whatever its `exports` say. */
function fileOf(name: string, file: string): string {
  for (const folder of load.resolve.paths(name) ?? []) {
    const found = path.join(folder, name, file)
    try {
      readFileSync(found)
      return found
    } catch {
      // it may be further up
    }
  }
  throw new Error(`${name}/${file} is not installed`)
}

export const script = (html: string): AppPage => ({ headers: [['Content-Type', 'text/javascript']], html })
const library = (name: string, file: string): AppPage => ({ headers: [['Content-Type', 'text/javascript']], file: fileOf(name, file) })

/** React in one file with its own CommonJS parts, the way a bundler lays them together. */
function bundleReact(): AppPage {
  const parts = {
    react: ['react', 'cjs/react.development.js'],
    scheduler: ['scheduler', 'cjs/scheduler.development.js'],
    'react-dom': ['react-dom', 'cjs/react-dom.development.js'],
    'react-dom/client': ['react-dom', 'cjs/react-dom-client.development.js'],
  } as const
  const modules = Object.entries(parts).map(
    ([id, [name, file]]) => `${JSON.stringify(id)}: (module, exports, require) => {${readFileSync(fileOf(name, file), 'utf8')}\n}`,
  )
  return script(`(() => { const parts = {${modules.join()}}, loaded = {}, process = { env: { NODE_ENV: 'development' } }
    const require = (id) => { if (!loaded[id]) { loaded[id] = { exports: {} }; parts[id](loaded[id], loaded[id].exports, require) } return loaded[id].exports }
    globalThis.React = require('react'); globalThis.hydrateRoot = require('react-dom/client').hydrateRoot })()`)
}

export const libraries: Record<string, AppPage> = {
  '/turbo.js': library('@hotwired/turbo', 'dist/turbo.es2017-umd.js'),
  '/htmx.js': library('htmx.org', 'dist/htmx.js'),
  '/idiomorph.js': library('idiomorph', 'dist/idiomorph.js'),
  '/react.js': bundleReact(),
}

export const html = (body: string, head = ''): AppPage => ({
  html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>page</title>${head}</head><body>${body}</body></html>`,
})

/**
 * What pages do to what all scripts share, before any other script: the toolbar is there, or silently not there, and the page is as
 * it was. `works: false`: where it cannot be.
 */
export const manners: Record<string, { code: string; works: boolean }> = {
  'fetch throws': { code: 'window.fetch = () => { throw new Error("mine") }', works: true },
  'fetch answers nonsense': { code: 'window.fetch = async () => undefined', works: true },
  'fetch is gone': { code: 'delete window.fetch', works: false },
  'fetch cannot be changed': { code: 'Object.defineProperty(window, "fetch", { writable: false, configurable: false })', works: true },
  'XMLHttpRequest is replaced': { code: 'window.XMLHttpRequest = class { open() { throw new Error("mine") } }', works: true },
  'localStorage is full': {
    code: 'Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError") }',
    works: true,
  },
  'localStorage is gone': { code: 'Object.defineProperty(window, "localStorage", { value: undefined })', works: true },
  'sessionStorage throws': {
    code: 'Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("no", "SecurityError") } })',
    works: true,
  },
  'Array.prototype is extended': { code: 'Array.prototype.last = function () { return this[this.length - 1] }', works: true },
  'Object.prototype is extended': { code: 'Object.prototype.extend = function () {}; Object.prototype.version = "1.6"', works: true },
  'JSON.stringify is replaced': { code: 'JSON.stringify = () => { throw new Error("mine") }', works: false },
  'Promise is replaced': { code: 'window.Promise = class { constructor() { throw new Error("mine") } }', works: false },
  'Promise is a subclass': { code: 'window.Promise = class extends Promise {}', works: true },
  'URL is replaced': { code: 'window.URL = class { constructor(text) { this.text = text } }', works: false },
  'customElements is gone': { code: 'Object.defineProperty(window, "customElements", { value: undefined })', works: true },
  'requestAnimationFrame is replaced': { code: 'window.requestAnimationFrame = (run) => setTimeout(run, 1)', works: true },
  'attachShadow refuses': { code: 'Element.prototype.attachShadow = () => { throw new Error("mine") }', works: false },
  'attachShadow is wrapped': {
    code: 'const attach = Element.prototype.attachShadow; Element.prototype.attachShadow = function (init) { return attach.call(this, init) }',
    works: true,
  },
  'all is frozen': {
    code: 'for (const item of [Object, Array, Function, Promise, Map, Set, String, Number, Error, URL, Element, Node, EventTarget]) { Object.freeze(item.prototype); Object.freeze(item) }',
    // its signals assign what Object.prototype has
    works: false,
  },
  ...Object.fromEntries(
    ['map', 'push', 'forEach', 'slice', 'includes'].map((name) => [
      `Array.prototype.${name} throws`,
      { code: `addEventListener('DOMContentLoaded', () => { Array.prototype.${name} = () => { throw new Error('mine') } })`, works: false },
    ]),
  ),
}
