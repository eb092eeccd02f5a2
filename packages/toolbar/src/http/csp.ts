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
  /** why the script must not be there at all: it could do nothing but be complained of */
  useless: 'sandbox' | 'policy' | null
}

export interface CspRequest {
  /** value of the enforcing header, several policies separated by commas; or nothing */
  enforced: string | undefined
  /** value of the header that only reports: never changed, but its nonce spares the page a report */
  reported: string | undefined
  /** host and port that were asked */
  host: string
  /** our own path, with a slash at its end */
  path: string
  /** `false` leaves the policy alone, even where it blocks us */
  patch: boolean
}

interface Directive {
  name: string
  sources: string[]
}

type Policy = Directive[]

const scriptNames = ['script-src-elem', 'script-src', 'default-src'] as const
const connectNames = ['connect-src', 'default-src'] as const

export function fitPolicy({ enforced, reported, host, path, patch }: CspRequest): CspResult {
  const policies = parsePolicies(enforced)
  // the page's own, where it is good for all: given to a policy that does not know it, it would let scripts of the page run that are blocked
  const nonce = noncesOf([...policies, ...parsePolicies(reported)]).find((known) => policies.every((policy) => fits(policy, known))) ?? null
  if (policies.some(isSandboxed)) return { nonce, header: null, useless: 'sandbox' }
  if (patch) return patchPolicies(policies, nonce, ownSource(host, path))
  const blocked = policies.some((policy) => forbidsScript(policy, nonce, host) || forbids(find(policy, connectNames), host))
  return { nonce, header: null, useless: blocked ? 'policy' : null }
}

function patchPolicies(policies: readonly Policy[], known: string | null, own: string): CspResult {
  const nonce = known ?? (policies.every((policy) => fits(policy, null)) ? null : randomBytes(16).toString('base64'))
  let changed = false
  for (const policy of policies) {
    if (!allowsScript(policy, nonce)) {
      // where inline scripts are allowed, a nonce would switch the page's own off
      add(policy, scriptNames, 'script-src', isInlineAllowed(policy) ? own : `'nonce-${nonce}'`)
      changed = true
    }
    const connect = find(policy, connectNames)
    if (connect !== null && !allowsOrigin(connect)) {
      add(policy, connectNames, 'connect-src', own)
      changed = true
    }
  }
  return { nonce, header: changed ? policies.map(printPolicy).join(', ') : null, useless: null }
}

/** Whether no nonce has to be added for a script with this one. */
const fits = (policy: Policy, nonce: string | null): boolean => isInlineAllowed(policy) || allowsScript(policy, nonce)

/** Our path as a source: what parts directives and policies is encoded in it (W3C CSP Level 3, 2.3.1). */
const ownSource = (host: string, path: string): string => host + path.replace(/[;,\s]/g, encodeURIComponent)

const parsePolicies = (header: string | undefined): Policy[] => header?.split(',').map(parsePolicy) ?? []

function parsePolicy(text: string): Policy {
  const directives: Policy = []
  for (const part of text.split(';')) {
    const [name, ...sources] = part.trim().split(/\s+/)
    if (name) directives.push({ name, sources })
  }
  return directives
}

function printPolicy(policy: Policy): string {
  return policy.map(({ name, sources }) => [name, ...sources].join(' ')).join('; ')
}

/** The directive in force: the first of its name counts. */
function find(policy: Policy, names: readonly string[]): Directive | null {
  for (const name of names) {
    const directive = policy.find((candidate) => candidate.name.toLowerCase() === name)
    if (directive !== undefined) return directive
  }
  return null
}

const lowerSources = (directive: Directive | null): string[] => directive?.sources.map((source) => source.toLowerCase()) ?? []

function noncesOf(policies: readonly Policy[]): string[] {
  const sources = policies.flatMap((policy) => find(policy, scriptNames)?.sources ?? [])
  return sources.flatMap((source) => /^'nonce-([\w+/-]{1,200}={0,2})'$/i.exec(source)?.[1] ?? [])
}

/** A page without an origin or without scripts can have no toolbar. */
function isSandboxed(policy: Policy): boolean {
  const sandbox = find(policy, ['sandbox'])
  if (sandbox === null) return false
  const flags = lowerSources(sandbox)
  return !flags.includes('allow-scripts') || !flags.includes('allow-same-origin')
}

/** `'unsafe-inline'` counts only where no nonce, hash or strict-dynamic is; what is misspelt is none of them. */
function isInlineAllowed(policy: Policy): boolean {
  const sources = lowerSources(find(policy, scriptNames))
  const stricter = /^'(?:nonce-[\w+/-]+={0,2}|sha(?:256|384|512)-[\w+/-]+={0,2}|strict-dynamic)'$/
  return sources.includes("'unsafe-inline'") && !sources.some((source) => stricter.test(source))
}

const allowsNonce = (directive: Directive, nonce: string | null): boolean =>
  nonce !== null && directive.sources.some((source) => source.slice(0, 7).toLowerCase() === "'nonce-" && source.slice(7) === `${nonce}'`)

/** Surely: by a word that means us whatever our address is. */
function allowsOrigin(directive: Directive): boolean {
  const lower = lowerSources(directive)
  return lower.includes("'self'") || lower.includes('*')
}

function allowsScript(policy: Policy, nonce: string | null): boolean {
  const directive = find(policy, scriptNames)
  if (directive === null || allowsNonce(directive, nonce)) return true
  return !lowerSources(directive).includes("'strict-dynamic'") && allowsOrigin(directive)
}

function forbidsScript(policy: Policy, nonce: string | null, host: string): boolean {
  const directive = find(policy, scriptNames)
  if (directive === null || allowsNonce(directive, nonce)) return false
  return lowerSources(directive).includes("'strict-dynamic'") || forbids(directive, host)
}

/** Surely: no source is a scheme, or names our host, or may. */
function forbids(directive: Directive | null, host: string): boolean {
  if (directive === null || allowsOrigin(directive)) return false
  const [name = ''] = host.toLowerCase().split(/:\d*$/)
  return !lowerSources(directive).some((source) => /^https?:$/.test(source) || source.includes('*') || source.includes(name))
}

/** Adds a source to the directive in force; a fallback directive is copied, never widened. */
function add(policy: Policy, names: readonly string[], own: string, source: string): void {
  const directive = find(policy, names)
  if (directive === null) return
  const sources = directive.sources.filter((candidate) => candidate.toLowerCase() !== "'none'")
  if (directive.name.toLowerCase() === 'default-src') policy.push({ name: own, sources: [...sources, source] })
  else directive.sources = [...sources, source]
}
