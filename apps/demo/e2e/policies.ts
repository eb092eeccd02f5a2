import type { AppPage } from './pages.ts'

/** Policies that pages have, as their headers. Each is tried with the toolbar and without. */
const enforced = (...values: string[]): [string, string][] => values.map((value) => ['Content-Security-Policy', value])
const reported = (value: string): [string, string] => ['Content-Security-Policy-Report-Only', value]
const hash = "'sha256-VhMA0t4+7QJ8I5O8m2uC0E5cRnN8C1hOZz8v6dEwYF4='"

export const policies: Record<string, [string, string][]> = {
  none: [],
  self: enforced("script-src 'self'"),
  nonce: enforced("script-src 'nonce-abc'"),
  'nonce-strict-dynamic': enforced("script-src 'nonce-abc' 'strict-dynamic'; connect-src 'self'"),
  'self-strict-dynamic': enforced(`script-src 'self' ${hash} 'strict-dynamic'`),
  hash: enforced(`script-src ${hash}`),
  'script-none': enforced("script-src 'none'"),
  'default-none': enforced("default-src 'none'"),
  'two-headers': enforced("script-src 'self' 'nonce-abc'", "default-src 'none'; script-src 'nonce-abc'"),
  'two-nonces': enforced("script-src 'nonce-abc', script-src 'nonce-def'"),
  'nonce-reported': [reported("script-src 'nonce-abc'; connect-src 'self'")],
  'enforced-and-reported': [...enforced("script-src 'nonce-abc'; connect-src 'none'"), reported("default-src 'self'")],
  'trusted-types': enforced("require-trusted-types-for 'script'; trusted-types 'none'; script-src 'nonce-abc'"),
  'connect-none': enforced("connect-src 'none'"),
  'connect-other': enforced('connect-src https://api.example'),
  'nothing-but-scripts': enforced("style-src 'none'; img-src 'none'; font-src 'none'; media-src 'none'; worker-src 'none'"),
  'script-elements': enforced("script-src 'self' 'unsafe-inline'; script-src-elem 'none'"),
  'unsafe-inline': enforced("script-src 'unsafe-inline'"),
  'unsafe-inline-nonce': enforced("script-src 'unsafe-inline' 'nonce-abc'"),
  'unsafe-inline-bad-hash': enforced("script-src 'unsafe-inline' 'sha1-abc=' 'nonce-'"),
  odd: enforced("\tSCRIPT-SRC\t'NONCE-abc'  'Self' ;;  ; Default-Src 'NONE';script-src 'none'; connect-src  "),
  'helmet-default': enforced(
    "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests",
  ),
  'sandbox-scripts': enforced('sandbox allow-scripts'),
  'sandbox-whole': enforced("sandbox allow-scripts allow-same-origin; script-src 'nonce-abc'"),
}

/** A page with one script of each kind: those that ran are counted in its title. */
export const page = (headers: [string, string][], head = ''): AppPage => ({
  headers,
  html: `<!doctype html><html lang="en"><head>${head}<title>ran:</title>
<script>document.title += ' inline'</script>
<script nonce="abc">document.title += ' nonce'</script>
<script nonce="def">document.title += ' other'</script>
<script src="/own.js"></script></head>
<body><p onclick="document.title += ' attribute'">text</p><p style="color: rgb(1, 2, 3)">styled</p></body></html>`,
})

export interface Directives {
  [name: string]: string[]
}

/** What a browser takes of a header: of each policy the first directive of each name. */
export const parse = (header: string | undefined): Directives[] =>
  (header === undefined ? [] : header.split(',')).map((policy) => {
    const directives: Directives = {}
    for (const part of policy.split(';')) {
      const [name, ...sources] = part.trim().split(/\s+/)
      if (name) directives[name.toLowerCase()] ??= sources
    }
    return directives
  })

/** What the second has and the first has not, if it is no more than what the toolbar may add; else throws. */
export function added(before: string | undefined, after: string | undefined, path: string): string[] {
  const [old, now] = [parse(before), parse(after)]
  if (old.length !== now.length) throw new Error(`${old.length} policies became ${now.length}`)
  return now.flatMap((directives, index) => {
    const was = old[index] as Directives
    for (const name of Object.keys(was)) if (!(name in directives)) throw new Error(`${name} is gone`)
    return Object.entries(directives).flatMap(([name, sources]) => {
      const base = was[name] ?? (/^(?:script|connect)-src$/.test(name) ? was['default-src'] : undefined)
      if (base === undefined) throw new Error(`${name} is new`)
      const kept = sources.filter((source) => base.includes(source))
      const rest = sources.filter((source) => !base.includes(source))
      const lost = base.filter((source) => !kept.includes(source) && !(rest.length > 0 && source.toLowerCase() === "'none'"))
      if (lost.length > 0 || rest.length > 1) throw new Error(`${name}: ${base} became ${sources}`)
      for (const source of rest) {
        const allowed = (/^script-src(?:-elem)?$/.test(name) && /^'nonce-[\w+/=]+'$/.test(source)) || source === path
        if (!allowed) throw new Error(`${name} got ${source}`)
      }
      return rest
    })
  })
}
