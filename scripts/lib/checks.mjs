import { seconds } from './say.mjs'

/** A list of checks that all run: one line each, what failed with its reason, and a count at the end. */
export function createChecks() {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  return {
    counts,
    async check(name, action) {
      const start = performance.now()
      try {
        const result = await action()
        counts.passed++
        console.log(`  ✓ ${name} (${seconds(performance.now() - start)})`)
        return result
      } catch (error) {
        counts.failed++
        console.log(`  ✗ ${name}\n    ${String(error?.message ?? error).replaceAll('\n', '\n    ')}`)
        return null
      }
    },
    skip(name, why) {
      counts.skipped++
      console.log(`  - ${name}: skipped, ${why}`)
    },
  }
}
