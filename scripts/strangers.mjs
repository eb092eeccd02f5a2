/**
 * `node scripts/strangers.mjs <folder>`: runs the test suites of other projects bare, with the toolbar around every HTTP server, and once
 * more with every GET taken for a navigation, and names each test whose result differs. The folder holds their checkouts, with what they
 * need installed; it is outside of this repository, and nothing of it comes in.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runNode } from './lib/run.mjs'
import { Explained, main } from './lib/say.mjs'
import { ensureBuilt, ensureInstalled } from './lib/setup.mjs'

const mochaOf = Symbol('the mocha of the suite')
const mocha = (...args) => [mochaOf, ...args, '--exit', '--reporter', 'json', '--timeout', '10000']

/** By folder: the program and arguments of their own test script, with a reporter that can be read. */
const suites = {
  express: mocha('--require', 'test/support/env', '--check-leaks', 'test/', 'test/acceptance/'),
  compression: mocha('--check-leaks'),
  'serve-static': mocha('--check-leaks', 'test/'),
  session: mocha('--require', 'test/support/env', '--check-leaks', 'test/'),
  'body-parser': mocha('--check-leaks', 'test/'),
  morgan: mocha('--check-leaks'),
  send: mocha('--check-leaks'),
  multer: mocha('--check-leaks', 'test/'),
  connect: mocha('--require', 'test/support/env', '--check-leaks', 'test/'),
  finalhandler: mocha('--check-leaks', 'test/'),
  koa: ['--test', '--test-reporter=tap'],
}
/** A suite fails with its tests, which are looked at one by one. */
const failedTests = /failureType: 'subtestsFailed'/

/** What the toolbar may change (decisions: "What changes, all of it"), by what a failed comparison says of it. */
const allowed = [
  [/data-debug-toolbar=|data-debug-…/, 'since a page got the script'],
  [/'server-timing': /, 'since two answers have two ids and timings'],
  [/"ETag"|Last-Modified/, 'since a page with the script has no validators'],
  [/Cache-Control/, 'since a page with the script is not stored'],
  [/Content-Security-Policy/, 'since a policy lets the script in'],
  [/"Content-Length" of "\d+", got/, 'since the script has a length'],
]
const sinceHidden =
  'since Accept-Encoding and conditional headers of a navigation are hidden: without the toolbar, but without these, it fails as well'
const unexplained = 'unexplained'

const maxMs = 180_000

await main(async () => {
  const folder = process.argv[2]
  if (folder === undefined) throw new Explained('say where the checkouts are: node scripts/strangers.mjs <folder> [name ...]')
  await ensureInstalled()
  await ensureBuilt()
  const asked = process.argv.slice(3)
  let differences = 0
  for (const name of readdirSync(resolve(folder)).filter((one) => one in suites && (asked.length === 0 || asked.includes(one)))) {
    const cwd = join(resolve(folder), name)
    const bare = await runSuite(cwd, suites[name], null)
    console.log(`\n${name}: ${count(bare.results)} bare`)
    const hidden = await runSuite(cwd, suites[name], 'hidden')
    for (const pretend of ['', 'navigation']) {
      // a test that fails outside of its own turn, as some do in bare runs, can end all of mocha: then once more
      let on = await runSuite(cwd, suites[name], pretend)
      for (let again = 0; again < 2 && on.results.size < bare.results.size; again++) on = await runSuite(cwd, suites[name], pretend)
      const changed = compare(bare.results, on.results, hidden.results)
      console.log(
        `  ${pretend === '' ? 'with the toolbar' : 'each GET a navigation'}: ${count(on.results)}; ${on.received} requests received, ${on.recorded} recorded, ${on.injected} injected, ${on.failed.length} failures of ours`,
      )
      for (const line of on.failed) console.log(`    failure of ours: ${line}`)
      for (const [why, lines] of groups(changed)) {
        console.log(`    ${lines.length} changed, ${why}`)
        if (why === unexplained || pretend === '')
          for (const { title, message } of lines) console.log(`      ${title}: ${message.slice(0, 160)}`)
        if (why === unexplained) differences += lines.length
      }
      differences += on.failed.length
    }
  }
  if (differences > 0) throw new Explained(`${differences} results differ with the toolbar; each is named above.`)
})

async function runSuite(cwd, args, pretend) {
  const reports = mkdtempSync(join(tmpdir(), 'strangers-'))
  const preload = pathToFileURL(join(import.meta.dirname, 'strangers/preload.mjs')).href
  const env = pretend === null ? {} : { NODE_OPTIONS: `--import ${preload}`, STRANGERS_REPORT: reports, PRETEND: pretend }
  try {
    const file = join(reports, 'results.txt')
    const more = args[0] === '--test' ? [] : ['--reporter-option', `output=${file}`]
    const program = args[0] === mochaOf ? join(cwd, 'node_modules/mocha', binOfMocha(cwd)) : args[0]
    const { output } = await runNode([program, ...args.slice(1), ...more], { cwd, env, timeoutMs: maxMs, capture: true })
    const seen = readdirSync(reports)
      .filter((name) => name.endsWith('.json'))
      .map((file) => JSON.parse(readFileSync(join(reports, file), 'utf8')))
    const sum = (key) => seen.reduce((total, report) => total + report[key], 0)
    return {
      results: args[0] === '--test' ? fromTap(output) : fromMocha(file, output),
      received: sum('received'),
      recorded: sum('recorded'),
      injected: sum('injected'),
      failed: seen.flatMap(({ failed }) => failed),
    }
  } finally {
    rmSync(reports, { recursive: true })
  }
}

function fromMocha(file, output) {
  if (!existsSync(file)) throw new Explained(`no report: ${output.slice(-800)}`)
  const { passes, failures, pending } = JSON.parse(readFileSync(file, 'utf8'))
  const results = new Map()
  const note = (list, result) => {
    for (const { fullTitle, err } of list) results.set(unique(results, fullTitle), { result, message: err?.message ?? '' })
  }
  note(passes, 'pass')
  note(failures, 'fail')
  note(pending, 'skip')
  return results
}

function binOfMocha(cwd) {
  const { bin } = JSON.parse(readFileSync(join(cwd, 'node_modules/mocha/package.json'), 'utf8'))
  return typeof bin === 'string' ? bin : bin.mocha
}

function fromTap(stdout) {
  const results = new Map()
  const parents = []
  let last = null
  for (const line of stdout.split('\n')) {
    if (last !== null) last.message += ` ${line.trim()}`
    const opened = /^(\s*)# Subtest: (.*)$/.exec(line)
    if (opened) parents.splice(opened[1].length / 4, Infinity, opened[2])
    const ended = /^(\s*)(not )?ok \d+ - (.*?)(?: # (SKIP|TODO).*)?$/.exec(line)
    if (!ended) continue
    const title = [...parents.slice(0, ended[1].length / 4), ended[3]].join(' > ')
    last = { result: ended[4] ? 'skip' : ended[2] ? 'fail' : 'pass', message: '' }
    results.set(unique(results, title), last)
  }
  return results
}

function unique(results, title) {
  let name = title
  for (let number = 2; results.has(name); number++) name = `${title} (${number})`
  return name
}

function count(results) {
  const of = (kind) => [...results.values()].filter(({ result }) => result === kind).length
  return `${of('pass')} passed, ${of('fail')} failed, ${of('skip')} skipped`
}

/** @param hidden results without the toolbar, where each GET lacked the headers that are hidden on a navigation */
function compare(bare, on, hidden) {
  const changes = []
  for (const [title, { result }] of bare) {
    const now = on.get(title) ?? { result: 'missing', message: '' }
    if (now.result === result) continue
    const message = now.message.replace(/\s+/g, ' ')
    if (failedTests.test(message)) continue
    const why =
      hidden.get(title)?.result === now.result ? sinceHidden : (allowed.find(([pattern]) => pattern.test(message))?.[1] ?? unexplained)
    changes.push({ title: `${result} -> ${now.result}: ${title}`, message, why })
  }
  for (const [title, { result }] of on)
    if (!bare.has(title))
      changes.push({
        title: `new, ${result}: ${title}`,
        message: '',
        why: hidden.get(title)?.result === result ? sinceHidden : unexplained,
      })
  return changes
}

function groups(changes) {
  const byWhy = new Map()
  for (const change of changes) byWhy.set(change.why, [...(byWhy.get(change.why) ?? []), change])
  return byWhy
}
