const refs = new WeakMap<object, WeakRef<object>>()

/** The one WeakRef of something that many entries name, such as a handler. */
export function weakRefTo(target: object): WeakRef<object> {
  let ref = refs.get(target)
  if (ref === undefined) {
    ref = new WeakRef(target)
    refs.set(target, ref)
  }
  return ref
}
