import { attributesAll } from './attribution.ts'

await attributesAll(500)
