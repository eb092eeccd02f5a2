/** A browser has six connections for each HTTP/1.1 host, and all its windows share them: at least half are left to the app. */
const places = ['debug-toolbar:stream:1', 'debug-toolbar:stream:2', 'debug-toolbar:stream:3']

/**
 * Waits for a place among the streams of this browser, which is kept until `signal` aborts; where none is free, another page gives
 * its own. Browsers without locks (pages over plain HTTP from elsewhere) have as many as there are pages in sight.
 * @param taken called when somebody else has taken it
 */
export async function takePlace(signal: AbortSignal, taken: () => void): Promise<void> {
  const locks = navigator.locks as LockManager | undefined
  if (!locks) return
  const take = (name: string, options: LockOptions): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const keep = (lock: Lock | null): Promise<void> | undefined => {
        resolve(lock !== null)
        return lock === null || signal.aborted ? undefined : new Promise((release) => signal.addEventListener('abort', () => release()))
      }
      // what is stolen later rejects too, when this promise has long been resolved
      locks.request(name, options, keep).catch((error: unknown) => {
        reject(error)
        taken()
      })
    })
  for (const name of places) if (await take(name, { ifAvailable: true })) return
  await take(places[Math.floor(Math.random() * places.length)] as string, { steal: true })
}
