/**
 * Who takes part, in the order of the tables; the first is the base of every ratio.
 *
 * - `file`: what the process loads first; says how the app is set up
 * - `env`: of its process, `quiet`: what it prints goes to the null device
 * - `checkAll(started)`: throws unless it did its work for all of the bursts, `check(started, route)` unless it does for one request
 * - `overlay`: one is open while it is measured
 * - `rival`: what a user could pick instead; installed by the bench, measured in fewer rounds
 * - `load`: the share of a burst that is enough for it
 */
import { expectComplete, expectCounted, expectNothing, expectRecorded, expectTold } from './lib/expect.mjs'

const configuration = (name) => new URL(`./configurations/${name}.mjs`, import.meta.url).href
const rival = (name) => new URL(`./rivals/${name}.mjs`, import.meta.url).href

export const configurations = [
  { id: 'bare', label: 'bare', file: configuration('bare') },
  { id: 'bare-again', label: 'bare again (noise floor)', file: configuration('bare') },
  { id: 'async-context', label: 'async context only (the limit)', file: configuration('async-context') },
  {
    id: 'toolbar',
    label: 'debug-toolbar',
    file: configuration('toolbar'),
    check: (started, route) => expectRecorded(started, route, { sites: true }),
    checkAll: expectComplete,
  },
  {
    id: 'toolbar-no-stack',
    label: 'debug-toolbar, `stack: false`',
    file: configuration('toolbar-no-stack'),
    check: (started, route) => expectRecorded(started, route, { sites: false }),
    checkAll: expectComplete,
  },
  {
    id: 'overlay',
    label: 'debug-toolbar, overlay connected',
    file: configuration('toolbar'),
    overlay: true,
    check: (started, route) => expectTold(started, () => expectRecorded(started, route, { sites: true })),
    checkAll: expectComplete,
  },
  {
    id: 'disabled',
    label: 'debug-toolbar, `NODE_ENV=production`',
    file: configuration('toolbar'),
    env: { NODE_ENV: 'production' },
    check: expectNothing,
  },
  { id: 'opentelemetry', label: 'OpenTelemetry: http, express, knex', file: rival('opentelemetry'), rival: true, check: expectCounted },
  { id: 'sentry', label: '@sentry/node with tracing', file: rival('sentry'), rival: true, load: 0.5, check: expectCounted },
  { id: 'miniprofiler', label: 'miniprofiler', file: rival('miniprofiler'), rival: true, load: 0.5, check: expectCounted },
  {
    id: 'knex-debug',
    label: 'knex `debug`, a log line per query',
    file: rival('knex-debug'),
    rival: true,
    quiet: true,
    check: expectCounted,
  },
]
