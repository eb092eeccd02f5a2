/** Texts that are made once for the names they are made of, such as the events of an emitter, which are few. */
export class Keys {
  private readonly known = new Map<string, string>()
  private readonly prefix: string

  constructor(prefix: string) {
    this.prefix = prefix
  }

  of(name: string): string {
    let key = this.known.get(name)
    if (key === undefined) {
      key = this.prefix + name
      if (this.known.size < 1_000) this.known.set(name, key)
    }
    return key
  }
}
