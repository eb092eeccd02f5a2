/** Middlewares without types of their own, as far as the tests use them. */
declare module 'morgan' {
  import type { Middleware } from './case.ts'
  export default function morgan(format: string, options: { stream: { write(line: string): void } }): Middleware
}
declare module 'cookie-session' {
  import type { Middleware } from './case.ts'
  export default function cookieSession(options: { keys: string[] }): Middleware
}
declare module 'on-headers' {
  import type { ServerResponse } from 'node:http'
  export default function onHeaders(res: ServerResponse, listener: (this: ServerResponse) => void): void
}
declare module 'on-finished' {
  export default function onFinished<Message>(message: Message, listener: (error: Error | null, message: Message) => void): Message
}
