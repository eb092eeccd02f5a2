import { createContext, Script } from 'node:vm'
import { round, row } from '../host.mjs'
import { findRegexes, pumpsFor } from '../regexes.mjs'

const most = 50
const tooLong = 1_000
const sandbox = createContext({ text: '', regex: /x/ })
const script = new Script("text.replace(regex, '')")

/** The longest that a regular expression takes for any of its pump strings, in ms; what was slow once is asked again, as machines stall. */
export function slowest({ pattern, flags }, length) {
  sandbox.regex = new RegExp(pattern, flags)
  let worst = 0
  for (const text of pumpsFor(pattern, length)) {
    sandbox.text = text
    let least = Number.POSITIVE_INFINITY
    for (let turn = 0; turn < 4 && least > most; turn++) least = Math.min(least, timed())
    worst = Math.max(worst, least)
    if (worst > tooLong) break
  }
  return worst
}

function timed() {
  const from = performance.now()
  try {
    script.runInContext(sandbox, { timeout: tooLong })
  } catch {
    return Number.POSITIVE_INFINITY
  }
  return performance.now() - from
}

export const regexes = {
  id: 'L31',
  title: 'every regular expression against strings made to hold it up',
  sizes: { full: { length: 100_000 }, soak: { length: 100_000 } },
  async run({ length }) {
    const all = findRegexes()
    const slow = all.map((regex) => ({ ...regex, ms: slowest(regex, length) })).filter(({ ms }) => ms > most)
    return [
      row({ what: 'regular expressions found', target: '> 100', seen: all.length, ok: all.length > 100 }),
      ...slow.map(({ file, line, pattern, ms }) =>
        row({ what: `${file}:${line} /${pattern.slice(0, 60)}/`, target: `≤ ${most} ms`, seen: `${round(ms)} ms`, ok: false }),
      ),
    ]
  },
}
