/** Runs an action for all items, two at a time: for what need not be undisturbed. Ends with the first failure. */
export async function inPairs(items, action) {
  const left = [...items]
  const work = async () => {
    while (left.length > 0) await action(left.shift())
  }
  await Promise.all([work(), work()])
}
