/** The app alone: what everything is compared with. */
export const configuration = { middleware: () => [] }
