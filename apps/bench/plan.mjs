import { Explained } from '../../scripts/lib/say.mjs'
import { configurations as allConfigurations } from './configurations.mjs'
import { routes as allRoutes, scalingRoutes } from './routes.mjs'

/** What `--parts` can name, in the order in which they run. */
export const partNames = ['main', 'scaling', 'opening', 'memory', 'nodes']

const daily = ['bare', 'bare-again', 'async-context', 'toolbar', 'disabled']
/** What differs in memory. */
const remembered = ['bare', 'async-context', 'toolbar', 'overlay', 'disabled', 'opentelemetry', 'sentry', 'miniprofiler']
const limit = ['bare', 'async-context', 'toolbar']

/**
 * What a run does, from its options (strings as they were typed). A quick one is bounded by its deadline, whatever the machine does;
 * a full one by what is in it: some 25 minutes.
 *
 * @param options `{ quick, only, routes, parts, replicates, rounds, node }`
 * @param start epoch ms
 * @throws Explained where a name is unknown or a number is none
 */
export function toPlan(options, start) {
  const { quick } = options
  // other Nodes are no matter of a run that is all on one of them
  const usual = quick ? 'main' : options.node ? 'main,scaling,opening,memory' : undefined
  const parts = choose(partNames, options.parts ?? usual, '--parts')
  const pick = (ids) => allConfigurations.filter(({ id }) => ids.includes(id))
  const configurations = options.only
    ? pick(
        choose(
          allConfigurations.map(({ id }) => id),
          `bare,${options.only}`,
          '--only',
        ),
      )
    : quick
      ? pick(daily)
      : allConfigurations
  const paths = choose(
    allRoutes.map(({ path }) => path),
    options.routes,
    '--routes',
  )
  const routes = allRoutes.filter(({ path }) => paths.includes(path))
  const withLimits = routes.filter(({ needs, body }) => !needs && !body)
  const replicates = toCount(options.replicates, 3, '--replicates')
  const deadline = quick ? start + 112_000 : Number.POSITIVE_INFINITY
  const part = (name, value) => (parts.includes(name) ? value : null)
  return {
    node: toCount(options.node, Number(process.versions.node.split('.')[0]), '--node'),
    main: part('main', {
      configurations,
      routes: quick && !options.routes ? withLimits : routes,
      plan: {
        replicates,
        rounds: toCount(options.rounds, 2, '--rounds'),
        rivalRounds: quick ? 2 : 1,
        scale: quick ? 0.4 : 3,
        warmUpMs: quick ? 8_000 : 15_000,
        deadline,
      },
    }),
    scaling: part('scaling', {
      configurations: pick(limit),
      routes: scalingRoutes,
      plan: { replicates, rounds: 4, scale: 1, warmUpMs: 10_000, deadline },
    }),
    opening: part('opening', { times: 8 }),
    memory: part('memory', {
      configurations: options.only ? configurations : configurations.filter(({ id }) => remembered.includes(id)),
      requests: quick ? 2_000 : 20_000,
      /** processes: one is luck, and these two are judged */
      times: ({ id }) => (!quick && (id === 'bare' || id === 'toolbar') ? 3 : 1),
    }),
    nodes: part('nodes', {
      majors: [22, 24],
      configurations: pick(limit),
      routes: withLimits,
      plan: { replicates, rounds: 1, scale: 3, warmUpMs: 10_000, deadline },
    }),
  }
}

/** Those of `all` that a list names; all of them without one. */
function choose(all, wanted, option) {
  if (wanted === undefined) return all
  const names = wanted.split(',')
  const unknown = names.find((name) => !all.includes(name))
  if (unknown !== undefined) throw new Explained(`${option}: there is no '${unknown}'; there are ${all.join(', ')}.`)
  return all.filter((name) => names.includes(name))
}

function toCount(text, usual, option) {
  if (text === undefined) return usual
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw new Explained(`${option} takes a whole number from 1 up, and got '${text}'.`)
  return count
}
