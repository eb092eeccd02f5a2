import { randomBytes } from 'node:crypto'

/**
 * The page's Content-Security-Policy and our one script. Where the page uses nonces, ours is the page's. Where a policy would block us,
 * one nonce and our own path are added and nothing else is loosened: no `unsafe-*`, no header removed, report-only left alone.
 * Directives: W3C CSP Level 3, 6.1 and 6.8.
 */
export interface CspResult {
  /** for the script element, or `null` when it needs none */
  nonce: string | null
  /** the header value to send, or `null` to leave it */
  header: string | null
}

interface Directive {
  name: string
  sources: string[]
}

/**
 * @param header value of the enforcing header; several policies are separated by commas
 * @param connect source expression of our own path
 * @param patch `false` only looks for a nonce to use
 */
export function fitPolicy(header: string, connect: string, patch: boolean): CspResult {
  const policies = header.split(',').map(parsePolicy)
  let nonce = policies.map(nonceOf).find((found) => found !== null) ?? null
  if (!patch) return { nonce, header: null }
  let changed = false
  for (const policy of policies) {
    if (inlineAllowed(policy)) {
      // a nonce would switch the page's own inline scripts off
      if (!allowsScript(policy, null)) {
        add(policy, ['script-src-elem', 'script-src', 'default-src'], 'script-src', connect)
        changed = true
      }
    } else if (!allowsScript(policy, nonce)) {
      nonce ??= randomBytes(16).toString('base64')
      add(policy, ['script-src-elem', 'script-src', 'default-src'], 'script-src', `'nonce-${nonce}'`)
      changed = true
    }
    if (!allowsConnect(policy)) {
      add(policy, ['connect-src', 'default-src'], 'connect-src', connect)
      changed = true
    }
  }
  return { nonce, header: changed ? policies.map(printPolicy).join(', ') : null }
}

function parsePolicy(text: string): Directive[] {
  const directives: Directive[] = []
  for (const part of text.split(';')) {
    const [name, ...sources] = part.trim().split(/\s+/)
    if (name) directives.push({ name, sources })
  }
  return directives
}

function printPolicy(policy: readonly Directive[]): string {
  return policy.map(({ name, sources }) => [name, ...sources].join(' ')).join('; ')
}

function find(policy: readonly Directive[], names: readonly string[]): Directive | null {
  for (const name of names) {
    const directive = policy.find((candidate) => candidate.name.toLowerCase() === name)
    if (directive !== undefined) return directive
  }
  return null
}

function nonceOf(policy: readonly Directive[]): string | null {
  const directive = find(policy, ['script-src-elem', 'script-src', 'default-src'])
  for (const source of directive?.sources ?? []) {
    const match = /^'nonce-([A-Za-z0-9+/=_-]{1,200})'$/.exec(source)
    if (match !== null) return match[1] as string
  }
  return null
}

/** `'unsafe-inline'` counts only where no nonce, hash or strict-dynamic is. */
function inlineAllowed(policy: readonly Directive[]): boolean {
  const sources = (find(policy, ['script-src-elem', 'script-src', 'default-src'])?.sources ?? []).map((source) => source.toLowerCase())
  return sources.includes("'unsafe-inline'") && !sources.some((source) => /^'(?:nonce-|sha\d|strict-dynamic)/.test(source))
}

function allowsScript(policy: readonly Directive[], nonce: string | null): boolean {
  const directive = find(policy, ['script-src-elem', 'script-src', 'default-src'])
  if (directive === null) return true
  if (nonce !== null && directive.sources.includes(`'nonce-${nonce}'`)) return true
  const lower = directive.sources.map((source) => source.toLowerCase())
  return !lower.includes("'strict-dynamic'") && (lower.includes("'self'") || lower.includes('*'))
}

function allowsConnect(policy: readonly Directive[]): boolean {
  const directive = find(policy, ['connect-src', 'default-src'])
  if (directive === null) return true
  const lower = directive.sources.map((source) => source.toLowerCase())
  return lower.includes("'self'") || lower.includes('*')
}

/** Adds a source to the directive in force; a fallback directive is copied, never widened. */
function add(policy: Directive[], names: readonly string[], own: string, source: string): void {
  const directive = find(policy, names)
  if (directive === null) return
  const sources = directive.sources.filter((candidate) => candidate.toLowerCase() !== "'none'")
  if (directive.name.toLowerCase() === 'default-src') policy.push({ name: own, sources: [...sources, source] })
  else directive.sources = [...sources, source]
}
