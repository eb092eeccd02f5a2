import { request } from 'node:http'

/** What a browser says when a person opens a page. */
export const navigation = {
  Accept: 'text/html,application/xhtml+xml',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Site': 'none',
}

/** GET on the loopback, by node:http and not fetch, which adds headers of its own. */
export function get(port, path, headers = {}) {
  return new Promise((resolve, reject) => {
    const req = request(
      { host: '127.0.0.1', port, path, headers: { Host: `localhost:${port}`, ...headers }, agent: false, timeout: 10_000 },
      (res) => {
        let body = ''
        res.setEncoding('utf8')
        res.on('data', (chunk) => {
          body += chunk
        })
        res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, body, json: () => JSON.parse(body) }))
      },
    )
    req.on('timeout', () => req.destroy(new Error(`GET ${path} had no answer within 10 s`)))
    req.on('error', reject)
    req.end()
  })
}
