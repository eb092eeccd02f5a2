/**
 * The one file a page loads, as `toolbar.<hash>.js#<record id>`. Because of the fragment it is a module of its own for every
 * record, so it must hold nothing but this line: whatever another chunk imports lives elsewhere.
 */
import('./app.tsx')
  .then(({ boot }) => boot(import.meta.url))
  // a page that outlived its app, or changed what all scripts share: it is none of its errors
  .catch(() => {})
