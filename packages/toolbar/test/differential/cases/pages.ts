import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { type Case, fetched, html, http1Only, page, plainPage, type Request } from '../case.ts'

/** Documents and what is none: what gets a script, and what must stay as it is. */

const typed = (
  name: string,
  rows: string[],
  type: string,
  body: string | Buffer,
  more: Partial<Case> & { set?: Record<string, string> } = {},
): Case => {
  const { set, ...rest } = more
  return {
    name,
    rows,
    requests: [page, plainPage, fetched],
    handler(_req, res) {
      res.setHeader('Content-Type', type)
      for (const [key, value] of Object.entries(set ?? {})) res.setHeader(key, value)
      res.end(body)
    },
    ...rest,
  }
}
const withHeaders = (headers: Record<string, string>): Request => ({ headers: { ...page.headers, ...headers } })

const odd: Record<string, string> = {
  'no body element': '<!doctype html><title>t</title><p>hello',
  'nothing at all': '',
  'a fragment': '<li>one</li>',
  'a body end in a script': '<!doctype html><script>const a = "</body>"</script><p>x',
  'a body end in a comment': '<!doctype html><body><p>x</p><!-- </body></html> -->',
  'a body end in a template': '<!doctype html><body><template></body></template></body>',
  'a body end in a textarea': '<!doctype html><body><textarea></body></textarea></body>',
  'a body end in odd spelling': '<!doctype html><body>x</BODY ></HTML\n>',
  'two body ends': '<!doctype html><body>x</body></body></html></html>',
  frames: '<!doctype html><frameset cols="50%,50%"><frame src="a"><frame src="b"></frameset>',
  'an unclosed comment': '<!doctype html><body><p>x</p><!-- and then',
  'an unclosed script': '<!doctype html><body><script>const a = 1',
  'white space and a comment first': '\n\n  <!-- made by x -->\n<!DOCTYPE html><p>x',
  'only the html element': '<HTML lang=en><p>x',
  'an XML declaration': '<?xml version="1.0"?><!doctype html><html><body/></html>',
  'what looks like a script of ours': `${html}<script type="module" data-debug-toolbar=""></script>`,
}

/** Text in encodings that contain ASCII, as bytes. */
const charsets: Record<string, string> = {
  'iso-8859-1': '<!doctype html><p>caf\xe9',
  'windows-1252': '<!doctype html><p>\x93quoted\x94',
  'windows-1251': '<!doctype html><p>\xef\xf0\xe8\xe2\xe5\xf2',
  'iso-8859-15': '<!doctype html><p>\xa4',
  'koi8-r': '<!doctype html><p>\xf0\xd2\xc9',
  shift_jis: '<!doctype html><p>\x93\xfa\x96\x7b',
  'euc-jp': '<!doctype html><p>\xc6\xfc\xcb\xdc',
  'iso-2022-jp': '<!doctype html><p>\x1b$BF|K\\\x1b(B',
  gb18030: '<!doctype html><p>\xc8\xd5\xb1\xbe',
  big5: '<!doctype html><p>\xa4\xe9\xa5\xbb',
  'euc-kr': '<!doctype html><p>\xc0\xcf\xba\xbb',
  'utf-8': '<!doctype html><p>\xff\xfe\xfd invalid',
}
const wide: Record<string, Buffer> = {
  'utf-16': Buffer.from(`\ufeff${html}`, 'utf16le'),
  'utf-16le': Buffer.from(html, 'utf16le'),
  'utf-16be': Buffer.from(html, 'utf16le').swap16(),
  'utf-32': Buffer.from(html),
  'ucs-2': Buffer.from(html, 'utf16le'),
  unicode: Buffer.from(html, 'utf16le'),
}
const marked: Record<string, Buffer> = {
  'the mark of UTF-16': Buffer.from(`\ufeff${html}`, 'utf16le'),
  'the mark of UTF-16, the other way': Buffer.from(`\ufeff${html}`, 'utf16le').swap16(),
}

const encoded: Record<string, Buffer> = {
  gzip: gzipSync(html),
  br: brotliCompressSync(html),
  deflate: deflateSync(html),
  zstd: Buffer.from('28b52ffd0458410000613c702e1c1d', 'hex'),
  'x-odd, gzip': gzipSync(html),
}

const askedAs: Record<string, Record<string, string>> = {
  htmx: { 'HX-Request': 'true' },
  'a Turbo frame': { 'Turbo-Frame': 'a' },
  Unpoly: { 'X-Up-Target': 'a', 'X-Up-Version': '3' },
  Livewire: { 'X-Livewire': 'true' },
  pjax: { 'X-PJAX': 'true' },
  Inertia: { 'X-Inertia': 'true' },
  XMLHttpRequest: { 'X-Requested-With': 'XMLHttpRequest' },
  'a range': { Range: 'bytes=0-5' },
  'an iframe': { 'Sec-Fetch-Dest': 'iframe' },
  'a frame': { 'Sec-Fetch-Dest': 'frame' },
  'an embed': { 'Sec-Fetch-Dest': 'embed' },
  'an object': { 'Sec-Fetch-Dest': 'object' },
  'a fenced frame': { 'Sec-Fetch-Dest': 'fencedframe' },
}

const documents: Case[] = [
  ...Object.entries(odd).map(([name, body]) => typed(`a document with ${name}`, ['R2', 'R13', 'W11', 'W12', 'R15'], 'text/html', body)),
  ...Object.entries(charsets).map(([charset, body]) =>
    typed(`text in ${charset}`, ['R12', 'W13'], `text/html; charset=${charset}`, Buffer.from(body, 'latin1')),
  ),
  ...Object.entries(wide).map(([charset, body]) => typed(`text in ${charset}`, ['R12', 'W13'], `text/html; charset="${charset}"`, body)),
  ...Object.entries(marked).flatMap(([name, body]): Case[] => [
    typed(`a body with ${name}`, ['R12', 'R13', 'W13'], 'text/html', body),
    {
      name: `a body with ${name}, after an explicit head`,
      rows: ['R12', 'R13'],
      requests: [plainPage, fetched],
      handler: (_req, res) => void res.writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': body.length }).end(body),
    },
  ]),
  typed('a mark of UTF-8', ['R13'], 'text/html', `\ufeff${html}`),
  ...Object.entries(encoded).map(([encoding, body]) =>
    typed(`a body in ${encoding}`, ['R9'], 'text/html', body, { set: { 'Content-Encoding': encoding } }),
  ),
  typed('a body in identity', ['R9'], 'text/html', html, { set: { 'Content-Encoding': 'identity' } }),
  typed('a transfer coding of the app', ['R9'], 'text/html', html, { set: { 'Transfer-Encoding': 'gzip, chunked' }, except: http1Only }),
  typed('XHTML', ['R14'], 'application/xhtml+xml', html),
  typed('XML', ['R14', 'W10'], 'text/xml', '<?xml version="1.0"?><a></a>'),
  typed('SVG', ['R14'], 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"></svg>'),
  typed('JSON', ['W10'], 'application/json', '{"html":"</body>"}'),
  typed('JSON sent as HTML', ['W10'], 'text/html', '{"a":1}', { requests: [plainPage, fetched] }),
  typed('a script with a body end', ['W10'], 'text/javascript', 'const a = "</body>"'),
  typed('text', ['W10'], 'text/plain', html),
  typed('almost HTML', ['R18'], 'text/html-but-not', html),
  typed('HTML in odd spelling', ['R18'], ' TEXT/HTML ;charset=utf-8', html, {
    except: { http2: 'HTTP/2 drops values with space around them' },
  }),
  ...['attachment', 'Attachment; filename=a.html', ' ATTACHMENT;filename="b"'].map((value) =>
    typed(`a download: ${value}`, ['R17', 'W10'], 'text/html', html, {
      set: { 'Content-Disposition': value },
      ...(value.startsWith(' ') ? { except: { http2: 'HTTP/2 drops values with space around them' } } : {}),
    }),
  ),
  typed('shown inline', ['R17'], 'text/html', html, { set: { 'Content-Disposition': 'inline; filename="attachment.html"' } }),
  ...Object.entries(askedAs).map(([name, headers]) =>
    typed(`asked for by ${name}`, ['R15', 'R16', 'R6', 'W12'], 'text/html', html, {
      requests: [withHeaders(headers), { headers: { Accept: 'text/html', ...headers } }],
    }),
  ),
  ...[200, 201, 202, 203, 205, 206, 300, 301, 302, 303, 307, 400, 401, 404, 410, 500, 503].map(
    (status): Case => ({
      name: `status ${status}`,
      rows: ['R5', 'R6', 'W8'],
      requests: [page, plainPage, fetched, { ...page, method: 'HEAD' }, { ...page, method: 'POST' }],
      handler(_req, res) {
        res.setHeader('Content-Type', 'text/html')
        if (status > 300 && status < 400) res.setHeader('Location', '/elsewhere')
        res.statusCode = status
        res.end(html)
      },
    }),
  ),
  ...[204, 304].map(
    (status): Case => ({
      name: `status ${status}, which has no body`,
      rows: ['R5', 'W8'],
      requests: [page, plainPage, { ...page, method: 'HEAD' }],
      handler(_req, res, view) {
        res.setHeader('Content-Type', 'text/html')
        res.setHeader('ETag', '"a"')
        res.statusCode = status
        view.call('write', () => res.write('dropped'))
        res.end('dropped as well')
      },
      except: { http2: 'HTTP/2 ends the stream with the head: a write is an error of the stream' },
    }),
  ),
  {
    name: 'HEAD, with and without a length',
    rows: ['R4', 'W8'],
    requests: [
      { ...page, method: 'HEAD' },
      { ...page, method: 'HEAD', target: '/length' },
      { ...page, method: 'HEAD', target: '/bytes' },
    ],
    handler(req, res, view) {
      res.setHeader('Content-Type', 'text/html')
      res.setHeader('ETag', '"a"')
      if (req.url === '/length') res.setHeader('Content-Length', 1_000)
      if (req.url === '/bytes') view.log(res.write(html))
      res.end(req.url === '/bytes' ? undefined : html)
    },
  },
  {
    name: 'HEAD that the app takes for GET',
    rows: ['R4'],
    requests: [{ ...page, method: 'HEAD' }],
    except: { http2: 'the method there is a getter of the stream' },
    handler(req, res) {
      req.method = 'GET'
      res.setHeader('Content-Type', 'text/html')
      res.setHeader('Content-Length', Buffer.byteLength(html))
      res.end(html)
    },
  },
  ...['OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'].map((method) =>
    typed(`method ${method}`, ['R5'], 'text/html', html, { requests: [{ ...page, method }] }),
  ),
  {
    name: 'events, one after the other',
    rows: ['R3', 'W3'],
    requests: [{ headers: { Accept: 'text/event-stream', 'Sec-Fetch-Dest': 'empty' } }],
    async handler(_req, res, view) {
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
      for (const event of ['first-event', 'second-event', 'third-event']) {
        res.write(`data: ${event}\n\n`)
        view.log(event, 'arrived', await view.received(event))
      }
      res.end()
    },
  },
  {
    name: 'what the app sees of a navigation',
    rows: ['R10', 'R8', 'W7'],
    requests: [
      withHeaders({
        'Accept-Encoding': 'gzip',
        'If-None-Match': '"a"',
        'If-Modified-Since': 'Sat, 01 Jan 2000 00:00:00 GMT',
        'X-Mine': 'A',
        Cookie: 'a=1; b=2',
      }),
      { headers: { ...fetched.headers, 'Accept-Encoding': 'gzip', 'If-None-Match': '"a"' } },
      { ...withHeaders({ 'Accept-Encoding': 'gzip' }), method: 'POST' },
    ],
    handler(req, res, view) {
      const { 'x-case': _case, host: _host, ...headers } = req.headers
      view.log(
        req.method,
        req.url,
        Object.entries(headers).filter(([name]) => !name.startsWith(':')),
      )
      res.setHeader('Content-Type', 'text/html')
      res.setHeader('ETag', '"a"')
      res.statusCode = req.headers['if-none-match'] === '"a"' ? 304 : 200
      res.end(res.statusCode === 304 ? undefined : html)
    },
  },
  {
    name: 'a client of another host name sees the app alone',
    rows: ['W28'],
    untouched: true,
    requests: [
      { headers: { ...page.headers, Host: 'evil.example' } },
      { headers: { ...page.headers, Host: 'evil.example' }, target: '/__debug__x/' },
    ],
    handler(req, res) {
      res.setHeader('Content-Type', 'text/html')
      res.end(`${req.url}${html}`)
    },
  },
]

/** None of it depends on the version of Express: one is enough. */
export const pages: Case[] = documents.map((row) => ({ ...row, except: { 'express 4': 'as on express 5', ...row.except } }))
