export interface ServerEvent {
  event: string
  data: string
}

/**
 * Reads Server-Sent Events from chunks of text. Push chunks as they come; complete events are returned in order.
 * Comments and unknown fields are skipped, and a line may end with CR, LF or both.
 */
export function createSseParser(): (chunk: string) => ServerEvent[] {
  let buffer = ''
  let event = ''
  let data: string[] = []
  return (chunk) => {
    const events: ServerEvent[] = []
    buffer += chunk
    const lines = buffer.split(/\r\n|\n|\r(?!$)/)
    buffer = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) events.push({ event: event || 'message', data: data.join('\n') })
        event = ''
        data = []
      } else if (line.startsWith('event:')) event = line.slice(6).trimStart()
      else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
    }
    return events
  }
}
