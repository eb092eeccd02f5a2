import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface AppPage {
  headers?: [name: string, value: string][]
  html?: string
  /** path of a file that is sent instead */
  file?: string
}

interface AppOptions {
  pages: Record<string, AppPage>
  options?: Record<string, unknown>
  /** serves HTTP/2 and TLS */
  certificate?: { key: string; cert: string }
  port?: number
}

/** An app of the given pages in a process of its own, with the toolbar on it, and below `/bare` without. */
export class PagesApp {
  readonly url: string
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number, scheme: string) {
    this.#child = child
    this.port = port
    this.url = `${scheme}://localhost:${port}`
  }

  static async start(options: AppOptions): Promise<PagesApp> {
    const child = fork(fileURLToPath(new URL('pages-app.js', import.meta.url)), { silent: true })
    let said = ''
    child.stderr?.on('data', (data: Buffer) => {
      said += data.toString()
    })
    child.send(options)
    const [port] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`the app ended with ${code}: ${said}`))),
    ])) as [number]
    return new PagesApp(child, port, options.certificate === undefined ? 'http' : 'https')
  }

  async add(pages: Record<string, AppPage>): Promise<void> {
    this.#child.send({ pages })
    await once(this.#child, 'message')
  }

  /** @param hard as a crash, which ends every connection where it is */
  async stop(hard = false): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    if (hard) this.#child.kill('SIGKILL')
    else this.#child.disconnect()
    await ended
  }
}
