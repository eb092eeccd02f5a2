/** The front window: the books that stand on the first shelf. [title, author, price in cents, cover colour, cover art] */
export const WINDOW_BOOKS = [
  ['The Salt Cartographer', 'Ines Varga', 1850, '#254d5c', 0],
  ['A Year of Small Bridges', 'Tomás Oyelaran', 1400, '#a84b24', 1],
  ['Tidewrack', 'Orla Penhallow', 2100, '#2f4858', 2],
  ['كتاب الحيوان', 'الجاحظ', 3200, '#6b5a1e', 3],
  ['Instructions for Fog', 'Anselm Roy', 1290, '#5b6b72', 4],
  ['The Quiet Index', 'Mei Tanaka', 1600, '#8b2f3a', 0],
  ['Night Ferry to Palermo', 'R. J. Halloran', 1150, '#1f2f52', 1],
  ['Winter Arithmetic', 'Sanna Lehto', 1720, '#3d5a45', 2],
  ['Glass Orchards', 'Piotr Wren', 1300, '#7c4b6b', 3],
  ['The Beekeeper’s Ledger', 'Dalia Amsel', 1575, '#8a6412', 4],
  ['Seven Kinds of Dust', 'Hugo Brandt', 1900, '#5a3f31', 0],
  ['Copper and Rain', 'Niamh Okafor', 1440, '#93502e', 1],
  ['The Last Tram Home', 'Elif Sezen', 1090, '#2b5147', 2],
  ['Letters to a Lighthouse', 'Jonas Hale', 2200, '#37507a', 3],
  ['Field Notes on Forgetting', 'Ada Marsh', 1660, '#675a73', 4],
  ['An Atlas of Left Turns', 'Bruno Castell', 2000, '#84343f', 0],
  ['Salt, Thread, Bone', 'Yara Nim', 1330, '#3f4a3c', 1],
  ['Harbour Lights', 'Per Lindqvist', 1200, '#1d4e63', 2],
  ['The Understudy', 'Clara Voss', 1500, '#703b59', 3],
  ['Low Water', 'Owen Teague', 1100, '#4c5f68', 4],
]
export const COVER_COLORS = [...new Set(WINDOW_BOOKS.map(([, , , color]) => color))]

/** Titles that have broken a shop before: quotes, percent signs, backslashes, markup, emoji, and one that never ends. */
export const AWKWARD_TITLES = [
  'O’Brien’s “Complete” Guide to Knots',
  "The Publican's Daughter's Dog",
  '"Quoted", Twice "Over"',
  '100% Wool',
  '50% Off, and Other Lies Shops Tell',
  'C:\\Users\\Grandmother: A Memoir of Backups',
  '\\\\Backslash\\\\',
  '<b>Bold</b> Moves in Typography',
  '<script>alert("a thriller")</script>',
  "Robert'); DROP TABLE books;--",
  'What the $… Meant',
  '{{ Moustaches }} of the Great War',
  'How to Say ? in Forty Languages',
  'Snow_Case, kebab-case, CamelCase: Three Novellas',
  'Tom & Jerome &amp; the Ampersand',
  '🦊',
  'The Fox 🦊 and the Fjord 🏔️: An Emoji Fable',
  '👩‍👩‍👧‍👦 Families: Joined by Zero Width',
  'Ünïcödé Façade: naïve Æsthetics, coöperation & Straße',
  'Line\u2028Separators',
  'null',
  '0',
  'A Short and Nearly Complete Account of the Tides, the Harbour Wall, the Two Storms That Broke It, the Committee That Mended It, and the Reasons, Never Before Published, for Which the Minutes of That Committee Were Found in the Lining of a Coat',
  'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch: A Railway Companion',
]

const ADJECTIVES =
  `Quiet Salt Borrowed Northern Patient Paper Drowned Second Hollow Amber Invisible Provincial Slow Winter Copper Unsent Lower Crooked
Feral Ordinary Tidal Broken Velvet Distant Common Ninth Early`.split(/\s+/)
const NOUNS =
  `Cartographer Lighthouse Orchard Ferry Index Ledger Harbour Bridge Understudy Tram Garden Archive Beekeeper Fog River Clock Stair Window
Almanac Compass Quarry Inheritance Weather Choir Museum Signal Winter Estuary Telephone Kitchen Parliament Apprentice`.split(/\s+/)
const PLURALS =
  `Bridges Islands Letters Orchards Storms Doors Maps Bones Winters Rivers Mothers Keys Ghosts Sparrows Lamps Debts Tides Knots`.split(
    /\s+/,
  )
const GERUNDS = `Forgetting Leaving Drawing Waiting Swimming Translating Mending Listening Getting-Lost Keeping-Bees`.split(/\s+/)
const NUMBERS = ['Two', 'Three', 'Five', 'Seven', 'Nine', 'Eleven', 'Forty', 'A Hundred']
const SUBTITLES = [
  'A Novel',
  'Stories',
  'Essays',
  'A Memoir',
  'Poems',
  'A Natural History',
  'An Inquiry',
  'Notes from the Coast',
  'Selected Letters',
]

export function createTitles(random) {
  const taken = new Set([...WINDOW_BOOKS.map(([title]) => title), ...AWKWARD_TITLES])
  const patterns = [
    () => `The ${random.pick(ADJECTIVES)} ${random.pick(NOUNS)}`,
    () => `A ${random.pick(NOUNS)} of ${random.pick(PLURALS)}`,
    () => `${random.pick(NUMBERS)} ${random.pick(PLURALS)}`,
    () => random.shuffle(PLURALS).slice(0, 2).join(' and '),
    () => `Letters to a ${random.pick(NOUNS)}`,
    () => `Field Notes on ${random.pick(GERUNDS).replace('-', ' ')}`,
    () => `The ${random.pick(NOUNS)}’s ${random.pick(NOUNS)}`,
    () => `${random.pick(ADJECTIVES)} ${random.pick(PLURALS)}`,
    () => `An Atlas of ${random.pick(ADJECTIVES)} ${random.pick(PLURALS)}`,
    () => `The ${random.pick(NOUNS)} at the End of the ${random.pick(NOUNS)}`,
  ]
  return () => {
    for (;;) {
      const title = `${random
        .pick(patterns)()
        .replace(/\b([Aa]) (?=[AEIOU])/, '$1n ')}${random.chance(0.22) ? `: ${random.pick(SUBTITLES)}` : ''}`
      if (!taken.has(title)) {
        taken.add(title)
        return title
      }
    }
  }
}
