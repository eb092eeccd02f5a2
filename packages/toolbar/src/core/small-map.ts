/** A Map takes more time and memory than a look through this many. */
const maxFew = 8

/** A Map for what is few nearly always. */
export class SmallMap<Key, Value> {
  private readonly keys: Key[] = []
  private readonly values: Value[] = []
  /** once they are many */
  private many: Map<Key, Value> | null = null

  get size(): number {
    return this.many === null ? this.keys.length : this.many.size
  }

  get(key: Key): Value | undefined {
    if (this.many !== null) return this.many.get(key)
    const { keys } = this
    for (let index = 0; index < keys.length; index++) if (keys[index] === key) return this.values[index]
    return undefined
  }

  /** Adds what is not there yet. */
  add(key: Key, value: Value): void {
    if (this.many === null && this.keys.length < maxFew) {
      this.keys.push(key)
      this.values.push(value)
      return
    }
    if (this.many === null) {
      this.many = new Map()
      for (let index = 0; index < this.keys.length; index++) this.many.set(this.keys[index] as Key, this.values[index] as Value)
    }
    this.many.set(key, value)
  }
}
