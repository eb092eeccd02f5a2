import { describe, problems, suggest } from '../core/diagnostics.ts'
import type { Rule } from '../rules/rule.ts'
import { read } from '../sources/source.ts'
import type { Settings } from './options.ts'

/**
 * The rules that the option `rules` leaves, with its thresholds.
 * @throws ToolbarError for a rule or a threshold that does not exist, and for what is no rule
 */
export function checkRules(asked: Settings['rules'], builtIn: readonly Rule[]): readonly Rule[] {
  if (typeof asked !== 'function') return changeRules(asked, builtIn)
  const rules: unknown = asked(builtIn)
  const isRule = (rule: unknown): boolean =>
    typeof read(rule, 'id') === 'string' &&
    typeof read(rule, 'check') === 'function' &&
    typeof read(rule, 'passes') === 'function' &&
    isObject(read(rule, 'thresholds'))
  if (!Array.isArray(rules) || !rules.every(isRule))
    throw problems.badOption(
      'rules',
      describe(rules),
      'a function that returns a list of rules, each with id, thresholds, passes and check',
    )
  for (const rule of rules as Rule[]) {
    const known = builtIn.find(({ id }) => id === rule.id)
    if (known !== undefined) checkThresholds(rule.id, rule.thresholds, known)
  }
  return rules as Rule[]
}

function changeRules(changes: Exclude<Settings['rules'], (...args: never[]) => unknown>, builtIn: readonly Rule[]): readonly Rule[] {
  const ids = builtIn.map(({ id }) => id)
  for (const id of Object.keys(changes))
    if (!ids.includes(id)) throw problems.unknownOption(`rules.${id}`, named(suggest(id, ids), 'rules.'), ids.join(', '))
  return builtIn.flatMap((rule): Rule[] => {
    const change = Object.hasOwn(changes, rule.id) ? changes[rule.id] : undefined
    if (change === false) return []
    if (change === undefined || change === true) return [rule]
    if (!isObject(change)) throw problems.badOption(`rules.${rule.id}`, describe(change), 'true, false or an object of thresholds')
    checkThresholds(rule.id, change, rule)
    return [{ ...rule, thresholds: { ...rule.thresholds, ...change } }]
  })
}

function checkThresholds(id: string, thresholds: Readonly<Record<string, number>>, rule: Rule): void {
  const names = Object.keys(rule.thresholds)
  for (const [name, value] of Object.entries(thresholds)) {
    const option = `rules.${id}.${name}`
    if (!names.includes(name)) throw problems.unknownOption(option, named(suggest(name, names), `rules.${id}.`), names.join(', ') || 'none')
    const { takes, isFit } = boundsOf(name)
    if (typeof value !== 'number' || !Number.isFinite(value) || !isFit(value)) throw problems.badOption(option, describe(value), takes)
  }
}

/** The name of a threshold says its unit. */
function boundsOf(name: string): { takes: string; isFit(value: number): boolean } {
  if (name === 'queries' || name === 'rows' || name === 'columns')
    return { takes: 'a whole number from 1 up', isFit: (value) => Number.isInteger(value) && value >= 1 }
  if (/share$/i.test(name)) return { takes: 'a number between 0 and 1', isFit: (value) => value >= 0 && value <= 1 }
  return { takes: 'a number from 0 up', isFit: (value) => value >= 0 }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const named = (suggestion: string | null, prefix: string): string | null => (suggestion === null ? null : prefix + suggestion)
