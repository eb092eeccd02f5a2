import { expect, it } from 'vitest'
import { partNames, toPlan } from '../plan.mjs'

const ids = ({ configurations }) => configurations.map(({ id }) => id)
const paths = ({ routes }) => routes.map(({ path }) => path)

it('measures everything unless asked for less', () => {
  const plan = toPlan({ quick: false }, 0)
  expect(partNames.filter((name) => plan[name] === null)).toEqual([])
  expect(ids(plan.main)).toHaveLength(11)
  expect(paths(plan.main)).toEqual(['/hello', '/page', '/n1', '/json', '/heavy', '/html100k', '/pg', '/post'])
  expect(plan.main.plan.replicates).toBeGreaterThanOrEqual(3)
})

it('is quick with the configurations of every day, the routes with limits, and an end', () => {
  const plan = toPlan({ quick: true }, 1_000)
  expect(ids(plan.main)).toEqual(['bare', 'bare-again', 'async-context', 'toolbar', 'disabled'])
  expect(paths(plan.main)).toHaveLength(6)
  expect(plan.main.plan.deadline).toBeLessThan(1_000 + 120_000)
  expect([plan.scaling, plan.opening, plan.memory, plan.nodes]).toEqual([null, null, null, null])
})

it('takes parts, configurations and routes by name, bare always among them', () => {
  const plan = toPlan({ quick: false, parts: 'main', only: 'toolbar', routes: '/n1,/hello', replicates: '4' }, 0)
  expect([ids(plan.main), paths(plan.main), plan.main.plan.replicates, plan.nodes]).toEqual([
    ['bare', 'toolbar'],
    ['/hello', '/n1'],
    4,
    null,
  ])
})

it('is all on one Node where one is named', () => {
  const plan = toPlan({ quick: false, node: '24' }, 0)
  expect([plan.node, plan.nodes, plan.memory === null]).toEqual([24, null, false])
  expect(() => toPlan({ quick: false, node: 'abc' }, 0)).toThrow("--node takes a whole number from 1 up, and got 'abc'")
})

it('names what it does not know', () => {
  expect(() => toPlan({ quick: false, only: 'tolbar' }, 0)).toThrow("--only: there is no 'tolbar'; there are bare,")
  expect(() => toPlan({ quick: false, routes: '/no' }, 0)).toThrow("--routes: there is no '/no'")
  expect(() => toPlan({ quick: false, parts: 'all' }, 0)).toThrow("--parts: there is no 'all'")
  expect(() => toPlan({ quick: false, rounds: 'x' }, 0)).toThrow("--rounds takes a whole number from 1 up, and got 'x'")
})
