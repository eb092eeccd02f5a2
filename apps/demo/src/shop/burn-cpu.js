/** Work without a result: stands for the pricing model, the image resize, the report that nobody measured. */
export function burnCpu(durationMs) {
  const endsAt = performance.now() + durationMs
  let checksum = 0
  while (performance.now() < endsAt) for (let index = 0; index < 1000; index++) checksum = (checksum * 31 + index) % 1_000_003
  return checksum
}
