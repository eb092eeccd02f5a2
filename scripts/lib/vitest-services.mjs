import { missingLine, requireAll } from '../services.mjs'

/** Says once, before the tests, which servers are missing; where all are required that is the end. */
export async function setup() {
  const line = await missingLine()
  if (!line) return
  if (requireAll()) throw new Error(`not ${line} Skipping is not allowed here (CI=true or DEBUG_TOOLBAR_REQUIRE_ALL=1).`)
  console.log(line)
}
