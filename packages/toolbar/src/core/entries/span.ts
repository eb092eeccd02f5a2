import { defineKind } from '../entry.ts'

/** A span of the app's own, by `toolbar.measure`. */
export const spanKind = defineKind({ type: 'span', seal: () => 64 })
