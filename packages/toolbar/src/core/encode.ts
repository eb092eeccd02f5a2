/** Everything that is sent is encoded here, made by `core/emit`; `readable` is for people in a terminal. */
export function encode(value: unknown, readable = false): string {
  return readable ? `${JSON.stringify(value, null, 2)}\n` : JSON.stringify(value)
}
