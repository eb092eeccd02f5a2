/**
 * Whether the built-ins of this page do what the toolbar needs. A page may replace and extend them; where they no longer work the
 * toolbar does not start, since it could only fail, on the console of somebody else.
 */
export function areBuiltInsSound(): boolean {
  try {
    const text = JSON.stringify([workArrays(), workObjects(), new URL('b?c', 'http://a/').href])
    return text === '[[5,6,8,7],{"a":1,"b":"x"},"http://a/b?c"]' && ['fetch', 'requestAnimationFrame', 'setTimeout'].every(isFunction)
  } catch {
    return false
  }
}

const isFunction = (name: string): boolean => typeof (window as unknown as Record<string, unknown>)[name] === 'function'

function workArrays(): number[] {
  const list = [3, 1, 2].map((value) => value + 3).sort((a, b) => a - b)
  list.push(...[9, 8, 7].filter((value) => value < 9))
  list.splice(list.indexOf(4) + 1, 0, 0)
  const found = list.includes(4) && list.some((value) => value === 8) && list.indexOf(0) === 1 && list.find((value) => value === 7) === 7
  let sum = 0
  list.forEach((value) => {
    sum += value
  })
  if (!found || sum !== 30 || [...list.entries()].length !== 6 || list.concat([]).join() !== '4,0,5,6,8,7') throw new Error('arrays')
  return list.flatMap((value) => [value]).slice(2)
}

function workObjects(): Record<string, unknown> {
  const map = new Map(Object.entries(Object.assign({}, { a: 1, b: ' x '.trim().split(',')[0] })))
  if (!Object.hasOwn({ a: 1 }, 'a') || new Set([1, 1]).size !== 1 || JSON.parse('[1]')[0] !== 1) throw new Error('objects')
  void new Promise(() => {})
  if (typeof Promise.allSettled !== 'function' || 'ab'.replace('a', 'c') !== 'cb' || !'ab'.startsWith('a')) throw new Error('promises')
  return Object.fromEntries([...map])
}
