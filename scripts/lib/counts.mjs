import { existsSync, readFileSync } from 'node:fs'

/** Sums the tests in JSON reports of vitest and Playwright; `null` when no report was written. */
export function readCounts(files) {
  const reports = files.filter((file) => existsSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')))
  if (reports.length === 0) return null
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const report of reports) {
    total.passed += report.numPassedTests ?? report.stats.expected + report.stats.flaky
    total.failed += report.numFailedTests ?? report.stats.unexpected
    total.skipped += report.stats ? report.stats.skipped : report.numPendingTests + (report.numTodoTests ?? 0)
  }
  return total
}

/** One line that any program can read. */
export const totalLine = ({ passed, failed, skipped }) => `total: ${passed} passed, ${failed} failed, ${skipped} skipped`
