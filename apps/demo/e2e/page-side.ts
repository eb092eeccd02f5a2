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

const script = (html: string): AppPage => ({ headers: [['Content-Type', 'text/javascript']], html })
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

const libraries: Record<string, AppPage> = {
  '/turbo.js': library('@hotwired/turbo', 'dist/turbo.es2017-umd.js'),
  '/htmx.js': library('htmx.org', 'dist/htmx.js'),
  '/idiomorph.js': library('idiomorph', 'dist/idiomorph.js'),
  '/react.js': bundleReact(),
}

const html = (body: string, head = ''): AppPage => ({
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
      { code: `Array.prototype.${name} = () => { throw new Error('mine') }`, works: false },
    ]),
  ),
}

const measured = `
  <h1 style="margin:40px">Tall</h1><svg viewBox="0 0 10 10"></svg><input id="own"><div style="height:3000px">tall</div>`
const early = `
  const shifts = []; new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({ type: 'layout-shift', buffered: true })
  const read = () => ({
    names: Object.getOwnPropertyNames(window).concat(Object.getOwnPropertySymbols(window).map(String)),
    builtIns: ['fetch', 'XMLHttpRequest', 'history', 'Array', 'Object', 'Promise', 'JSON', 'EventTarget', 'Node', 'Element', 'Document', 'Storage', 'console', 'performance', 'navigator', 'Event']
      .flatMap((name) => [window[name], window[name].prototype].filter(Boolean).flatMap((item) => Object.entries(Object.getOwnPropertyDescriptors(item)).map(([key, { get, set, value }]) => [name + '.' + key, get ?? value, set]))),
  })
  const first = read()
  Object.defineProperty(Object.prototype, Symbol.for('measure'), { value: () => {
    const now = read()
    const changed = now.builtIns.filter(([key, value, set], at) => { const [was, before, setter] = first.builtIns[at] ?? []; return was !== key || !Object.is(before, value) || setter !== set }).map(([key]) => key)
    const elements = [document.documentElement, ...document.querySelectorAll('head, body, body *')]
    return {
      globals: now.names.filter((name) => !first.names.includes(name)), changed,
      shifts: shifts.map(({ value }) => value),
      styles: elements.map((element) => element.localName + [...getComputedStyle(element)].map((name) => getComputedStyle(element).getPropertyValue(name)).join()).filter((text) => !text.startsWith('script')),
      height: document.documentElement.scrollHeight, width: document.documentElement.scrollWidth,
      active: document.activeElement.localName, children: document.body.children.length,
    }
  } })`

export const pages: Record<string, AppPage> = {
  ...libraries,
  '/early.js': script(early),
  '/measured': html(measured, '<script src="/early.js"></script>'),
  '/crowded': html(
    `<style>footer{position:sticky;bottom:0;display:flex;justify-content:space-between;height:44px;background:#eee}#chat{position:fixed;right:8px;bottom:56px;width:48px;height:48px;border-radius:50%}</style>
    <div style="height:2000px">tall</div><footer><button id="left">L</button><button id="right">R</button></footer><button id="chat">?</button>
    <dialog><button id="one">one</button><button id="two">two</button></dialog>
    <script>
      window.log = []
      for (const button of document.querySelectorAll('button')) button.addEventListener('click', () => log.push(button.id))
      addEventListener('keydown', (event) => { if (event.key === 'k' || event.code === 'Backquote') log.push(event.ctrlKey ? 'ctrl+' + event.key : event.key) })
      const trap = (event) => { const inside = document.querySelector('dialog'); if (inside.open && !inside.contains(event.target)) one.focus() }
      document.addEventListener('focusin', trap)
    </script>`,
    '<meta name="viewport" content="width=device-width">',
  ),
  ...Object.fromEntries(
    [1, 2].map((number) => [
      `/turbo-${number}`,
      html(`<h1>turbo ${number}</h1><a href="/turbo-${3 - number}">next</a>`, '<script src="/turbo.js" defer></script>'),
    ]),
  ),
  '/htmx': html(
    '<main id="main"><a href="/htmx-2" hx-boost="true">boosted</a><button hx-get="/part" hx-target="#main" hx-swap="innerHTML">part</button></main>',
    '<script src="/htmx.js"></script><script src="/idiomorph.js"></script>',
  ),
  '/htmx-2': html('<main id="main"><h1>second</h1><button hx-get="/part" hx-target="#main" hx-swap="innerHTML">part</button></main>'),
  '/part': { html: '<p>a part</p>' },
  '/tall': html('<div style="height:3000px">tall</div>'),
  '/plain': html('<h1>plain</h1>'),
  '/next': html('<h1>next</h1><a href="/plain">back</a>'),
  '/frames': html('<iframe src="/plain"></iframe><iframe srcdoc="<p>in</p>"></iframe>'),
  ...Object.fromEntries(
    ['root', 'document'].map((whole) => [
      `/react-${whole}`,
      whole === 'root'
        ? html(
            '<div id="root"><p>hello</p></div>',
            `<script src="/react.js"></script><script>addEventListener('load', () => setTimeout(() => { hydrateRoot(document.getElementById('root'), React.createElement('p', null, 'hello'), { onRecoverableError: (error) => console.error(error) }); document.title = 'hydrated' }, 200))</script>`,
          )
        : {
            html: `<!doctype html><html lang="en"><head><title>page</title><script src="/react.js"></script><script src="/hydrate.js" defer=""></script></head><body><p>hello</p></body></html>`,
          },
    ]),
  ),
  '/hydrate.js': script(`const e = React.createElement
    addEventListener('load', () => setTimeout(() => { hydrateRoot(document, e('html', { lang: 'en' }, e('head', null, e('title', null, 'page'), e('script', { src: '/react.js' }), e('script', { src: '/hydrate.js', defer: true })), e('body', null, e('p', null, 'hello'))), { onRecoverableError: (error) => console.error(error) }); setTimeout(() => { document.title = 'hydrated' }, 100) }, 200))`),
  '/foreign-base': html('<h1>page</h1>', '<base href="//evil.example/">'),
  '/clobbered': html(
    `<img name="currentScript" src="data:,"><form id="__debug__" name="documentElement"><input name="body"></form><a id="defaultView" href="//evil.example/"></a>
    <form name="location"></form><img name="scripts"><a id="customElements"></a><script type="text/plain" data-debug-toolbar="forged" data-token="x" data-api="//evil.example"></script>`,
    '<base href="/elsewhere/">',
  ),
  ...Object.fromEntries(
    Object.entries(manners).map(([name, { code }]) => [`/${name.replaceAll(' ', '-')}`, html('<h1>page</h1>', `<script>${code}</script>`)]),
  ),
}
