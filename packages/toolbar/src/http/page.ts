import { sendBody } from './reply.ts'
import type { Route } from './routes.ts'

/** The toolbar as a page of its own, for apps that serve no HTML. It holds no data. @param path where the toolbar lives */
export function createPageRoutes(entry: string, path: string): Route[] {
  // addresses are relative, whatever prefix the app is mounted at: without the slash at its end, the last segment is no folder
  const folder = path.slice(path.lastIndexOf('/') + 1)
  const page = (base: string): Buffer =>
    Buffer.from(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>debug-toolbar</title>
<link rel="icon" href="data:,">
</head>
<body>
<noscript>The toolbar needs JavaScript. The same data is at api/requests.</noscript>
<script type="module" src="${base}assets/${entry}#page" data-debug-toolbar="page"></script>
</body>
</html>
`)
  const withSlash = page('')
  const withoutSlash = page(`${folder}/`)
  const handle: Route['handle'] = ({ req, res }) =>
    sendBody(req, res, 200, pageHeaders, /^[^?]*\/(?:\?|$)/.test(req.url ?? '') ? withSlash : withoutSlash)
  return [{ method: 'GET', pattern: '', action: false, unpaired: true, summary: 'The toolbar as a page of its own', handle }]
}

const pageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'X-Frame-Options': 'DENY',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'Cross-Origin-Opener-Policy': 'same-origin',
}
