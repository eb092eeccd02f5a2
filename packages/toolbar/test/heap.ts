import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { sleep } from './harness.ts'

setFlagsFromString('--expose-gc')

/** Collects what nobody holds, at once. */
export const collect = runInNewContext('gc') as () => void

/** MB that are held in the heap and in buffers, once what can go has gone. */
export async function held(): Promise<number> {
  for (let turn = 0; turn < 4; turn++) {
    collect()
    await sleep(10)
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1e6
}
