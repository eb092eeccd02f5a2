/** Loads what only browsers beyond the machine of the app need. */
export const loadPairing = () => import('./Pairing.tsx')
