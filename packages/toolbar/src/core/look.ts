/**
 * Reads a property, where V8 knows no shape: behind Express every request and response has one of its own, since it was given another
 * prototype. A named look then misses V8's caches and fills them for nothing, which takes 0.6 to 1.2 µs; this one asks no cache, and takes
 * 0.2 to 0.4 µs. It is `holder[key]` in all else.
 */
export const look: <Holder extends object, Key extends keyof Holder>(holder: Holder, key: Key) => Holder[Key] = Reflect.get
