import { runInNewContext } from 'node:vm'
import { round, row } from '../host.mjs'
import { findRegexes, pumpsFor } from '../regexes.mjs'

const tooLong = 1_000

/** The longest that a regular expression takes for any of its pump strings, in ms. */
export function slowest({ pattern, flags }, length) {
  const regex = new RegExp(pattern, flags)
  let worst = 0
  for (const text of pumpsFor(pattern, length)) {
    const from = performance.now()
    try {
      runInNewContext("text.replace(regex, '')", { text, regex }, { timeout: tooLong })
    } catch {
      return Number.POSITIVE_INFINITY
    }
    worst = Math.max(worst, performance.now() - from)
    if (worst > 200) return worst
  }
  return worst
}

export const regexes = {
  id: 'L31',
  title: 'every regular expression against strings made to hold it up',
  sizes: { full: { length: 100_000 }, soak: { length: 100_000 } },
  async run({ length }) {
    const all = findRegexes()
    const slow = all.map((regex) => ({ ...regex, ms: slowest(regex, length) })).filter(({ ms }) => ms > 50)
    return [
      row({ what: 'regular expressions found', target: '> 100', seen: all.length, ok: all.length > 100 }),
      ...slow.map(({ file, line, pattern, ms }) =>
        row({ what: `${file}:${line} /${pattern.slice(0, 60)}/`, target: '≤ 50 ms', seen: `${round(ms)} ms`, ok: false }),
      ),
    ]
  },
}
