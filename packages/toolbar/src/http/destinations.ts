/** Values of Sec-Fetch-Dest for what a page loads as its assets. */
export const assetDestinations: ReadonlySet<string> = new Set([
  'script',
  'style',
  'image',
  'font',
  'audio',
  'video',
  'track',
  'manifest',
  'worker',
  'sharedworker',
  'serviceworker',
])
