/** `prepack` and `postpack` of the toolbar: lends it the root's README, LICENSE and CHANGELOG while npm packs. */
import { copyDocuments, removeDocuments } from './lib/pack.mjs'

if (process.argv[2] === 'remove') removeDocuments()
else copyDocuments()
