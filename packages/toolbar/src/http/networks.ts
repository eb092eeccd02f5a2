import { BlockList, isIP } from 'node:net'

export interface Network {
  address: string
  family: 'ipv4' | 'ipv6'
  bits: number
  /** one address, not a network */
  single: boolean
}

/** `10.1.2.3`, `10.0.0.0/8`, `fd00::/8`; anything else is `null`. */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf('/')
  const address = slash === -1 ? text : text.slice(0, slash)
  const version = isIP(address)
  if (version === 0) return null
  const most = version === 4 ? 32 : 128
  const bits = slash === -1 ? most : /^\d{1,3}$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : -1
  if (bits < 0 || bits > most) return null
  return { address, family: version === 4 ? 'ipv4' : 'ipv6', bits, single: slash === -1 }
}

/**
 * Whether it names somebody rather than everybody. Wider than these are halves of the internet; and IPv6 below `::` holds all of IPv4 a second
 * time, as `::ffff:0:0/96`.
 */
export function isBounded({ address, family, bits, single }: Network): boolean {
  if (family === 'ipv4') return bits >= 8
  return single || (bits >= 7 && !/^(?:::|0{1,4}:)/.test(address))
}

/** Loopback: 127.0.0.0/8, ::1, and both as IPv4-mapped IPv6. */
export function isLoopback(address: string): boolean {
  if (address === '::1') return true
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address
  return isIP(plain) === 4 && plain.startsWith('127.')
}

/** A test of membership in a list of networks; IPv4-mapped addresses count as IPv4. */
export function createNetworkList(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const text of networks) {
    const network = parseNetwork(text)
    if (network !== null) list.addSubnet(withoutZone(network.address), network.bits, network.family)
  }
  return (address) => {
    const plain = address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : withoutZone(address)
    const version = isIP(plain)
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6')
  }
}

/** `fe80::1%eth0` is how link-local peers look */
function withoutZone(address: string): string {
  const at = address.indexOf('%')
  return at === -1 ? address : address.slice(0, at)
}
