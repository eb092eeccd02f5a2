/** Seconds with one decimal, for people. */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

/** Runs one named step, saying when it begins and how long it took. Returns what the step returned. */
export async function step(name, action) {
  console.log(`\n▸ ${name}`)
  const start = performance.now()
  const result = await action()
  console.log(`  ${name}: ${seconds(performance.now() - start)}`)
  return result
}

/** A failure that has been explained: print the message, no stack. */
export class Explained extends Error {}

/** Runs a script's main function; explained failures, and Node's of arguments, print their message only. */
export async function main(action) {
  try {
    await action()
  } catch (error) {
    const isExplained = error instanceof Explained || error.code?.startsWith('ERR_PARSE_ARGS')
    console.error(isExplained ? `\n✖ ${error.message}` : error)
    process.exitCode = 1
  }
}
