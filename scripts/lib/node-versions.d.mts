/** A Node of another major: where it is, or `null` where npm has none for this platform. */
export function otherNode(major: number): Promise<{ binary: string; home: string | null; version: string } | null>
