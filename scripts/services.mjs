/**
 * The servers that integration tests talk to: where they are, and whether they answer.
 * A test says `describe.skipIf(!(await reachable('pg')))`. Where skipping is not allowed, `reachable` throws instead.
 */
import { connect } from 'node:net'

export const services = {
  pg: { label: 'PostgreSQL', env: 'TEST_PG_URL', url: 'postgres://postgres@127.0.0.1:5432/test', port: 5432 },
  mysql: { label: 'MariaDB', env: 'TEST_MYSQL_URL', url: 'mysql://root@127.0.0.1:3306/test', port: 3306 },
  redis: { label: 'Redis', env: 'TEST_REDIS_URL', url: 'redis://127.0.0.1:6379', port: 6379 },
}

/** In CI, and where asked for, a missing server or browser is a failure. */
export const requireAll = () => /^(1|true)$/i.test(process.env.DEBUG_TOOLBAR_REQUIRE_ALL ?? '') || /^(1|true)$/i.test(process.env.CI ?? '')

/** The connection URL of a service: from its environment variable, else the usual local one. */
export function serviceUrl(name) {
  const service = services[name]
  if (!service) throw new TypeError(`no test service '${name}': there are ${Object.keys(services).join(', ')}`)
  return process.env[service.env] || service.url
}

const probes = new Map()

/** Whether something accepts TCP connections where the service should be. */
export async function reachable(name) {
  const url = serviceUrl(name)
  if (!probes.has(url)) probes.set(url, probe(url, services[name].port))
  const answers = await probes.get(url)
  if (!answers && requireAll()) throw new Error(`${missing(name)} Skipping is not allowed here (CI=true or DEBUG_TOOLBAR_REQUIRE_ALL=1).`)
  return answers
}

/** The services that do not answer, as one line to print; `null` when all do. */
export async function missingLine() {
  const names = Object.keys(services)
  const answers = await Promise.all(names.map((name) => probe(serviceUrl(name), services[name].port)))
  const absent = names.filter((_, index) => !answers[index])
  if (absent.length === 0) return null
  return `skipping the tests that need ${absent.map((name) => `${services[name].label} (${where(name)})`).join(', ')}: no answer. Start it, or set ${absent
    .map((name) => services[name].env)
    .join(', ')}.`
}

const missing = (name) => `${services[name].label} does not answer at ${where(name)}: start it, or set ${services[name].env}.`

function where(name) {
  const { hostname, port } = new URL(serviceUrl(name))
  return `${hostname}:${port || services[name].port}`
}

function probe(url, defaultPort) {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || defaultPort })
    const end = (answers) => {
      socket.destroy()
      resolve(answers)
    }
    socket.setTimeout(1500, () => end(false))
    socket.on('connect', () => end(true))
    socket.on('error', () => end(false))
  })
}
