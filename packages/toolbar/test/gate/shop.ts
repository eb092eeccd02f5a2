import { type ChildProcess, spawn } from 'node:child_process'
import { networkInterfaces } from 'node:os'
import { fileURLToPath } from 'node:url'

/** an address of this machine that makes the browser somebody from elsewhere */
export const address = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address
if (address === undefined && process.env.CI) throw new Error('This machine has no address beyond loopback: x.')

/** The app in a process of its own, and what it printed. */
export class Shop {
  readonly #child: ChildProcess
  readonly port: string
  /** under the address that is somebody else's */
  readonly url: string
  readonly code: string

  private constructor(child: ChildProcess, port: string, code: string) {
    this.#child = child
    this.port = port
    this.url = `http://${address}:${port}`
    this.code = code
  }

  static async start(port = '0'): Promise<Shop> {
    const app = fileURLToPath(new URL('shop.mjs', import.meta.url))
    const child = spawn(process.execPath, [app, address ?? ''], { env: { ...process.env, PORT: port }, stdio: 'pipe' })
    let said = ''
    child.stderr.on('data', (data: Buffer) => {
      said += data.toString()
    })
    const [chosen] = await new Promise<[string]>((resolve, reject) => {
      child.stdout.once('data', (data: Buffer) => resolve([data.toString().trim()]))
      child.once('exit', () => reject(new Error(said)))
    })
    return new Shop(child, chosen, /pairing code ([0-9A-F-]+)\./.exec(said)?.[1] ?? '')
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.stdin?.end()
    await ended
  }
}
