import { randomBytes } from 'node:crypto'
import helmet from 'helmet'

export function addPolicyLessons(page) {
  page(
    {
      path: '/strict-csp',
      title: 'A strict content security policy',
      happens: 'Scripts run only with this response’s nonce, styles come only from the shop, and everything else is refused.',
      shows: 'The toolbar appears all the same, with a nonce, and the browser’s console stays empty.',
    },
    function strictCsp(req, res, next) {
      const nonce = randomBytes(16).toString('base64')
      const policy = helmet.contentSecurityPolicy({
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: [`'nonce-${nonce}'`],
          styleSrc: ["'self'"],
          imgSrc: ["'self'"],
          formAction: ["'self'"],
          baseUri: ["'none'"],
          frameAncestors: ["'none'"],
        },
      })
      policy(req, res, (error) => (error ? next(error) : res.render('wrong/strict-csp', { nonce })))
    },
  )

  page(
    {
      path: '/trusted-types',
      title: 'Trusted types required',
      happens: 'The page is served with require-trusted-types-for ‘script’, so assigning a string to innerHTML throws.',
      shows: 'The toolbar appears all the same, because it never hands the page a string of HTML.',
    },
    function trustedTypes(_req, res) {
      res.set('Content-Security-Policy', "require-trusted-types-for 'script'")
      res.render('wrong/trusted-types')
    },
  )
}
