/** A second bare process, treated as a candidate: what it reads besides 1.00 is noise and bias of the method. */
export const configuration = { middleware: () => [] }
