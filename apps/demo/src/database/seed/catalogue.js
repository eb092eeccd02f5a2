import { RECORD_STRINGS, RECORD_TEXTS } from '../schema.js'
import { createPeople, WORLD_AUTHORS } from './people.js'
import { AWKWARD_TITLES, COVER_COLORS, createTitles, WINDOW_BOOKS } from './titles.js'

const AUTHORS = 260
const BOOKS = 2000
const RECORDS = 400
export const CATEGORIES = [
  'Fiction',
  'Essays',
  'Travel',
  'Natural history',
  'Poetry',
  'In translation',
  'Crime',
  'Memoir',
  'Children',
  'Cookery',
]

const toSlug = (name, id) => {
  const ascii = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') // prettier to read than an id, where the script allows it
  return `${ascii.length > 2 ? ascii : 'author'}-${id}`
}

export function createAuthors(random, prose) {
  const people = createPeople(random)
  const known = [...WINDOW_BOOKS.map(([, name]) => ({ name })), ...WORLD_AUTHORS.map(([name, country]) => ({ name, country }))]
  const unique = [...new Map(known.map((author) => [author.name, author])).values()]
  for (const { name } of unique) people.claim(name)
  return Array.from({ length: AUTHORS }, (_, index) => {
    const name = unique[index]?.name ?? people.name()
    const country = WORLD_AUTHORS.find(([author]) => author === name)?.[1] ?? people.country()
    const born = random.between(1921, 1994)
    return { id: index + 1, name, slug: toSlug(name, index + 1), country, born, biography: prose.biography(random.between(160, 700)) }
  })
}

export function createBooks(random, prose, authors) {
  const nextTitle = createTitles(random)
  const idOf = new Map(authors.map((author) => [author.name, author.id]))
  const used = WINDOW_BOOKS.map(([, author]) => idOf.get(author))
  // Who writes in another script is given no English titles.
  const locals = authors.filter((author) => !WORLD_AUTHORS.some(([name]) => name === author.name))
  // Each author once before anyone comes twice: the first 50 books have 50 authors, as a shop's front window would.
  const others = random.shuffle(locals.map((author) => author.id).filter((id) => !used.includes(id)))
  const world = WORLD_AUTHORS.flatMap(([name, , titles]) => titles.map((title) => ({ title, authorId: idOf.get(name) })))
  const worldLeft = world.filter(({ title }) => !WINDOW_BOOKS.some(([known]) => known === title))
  const awkward = [...AWKWARD_TITLES]
  return Array.from({ length: BOOKS }, (_, index) => {
    const known = WINDOW_BOOKS[index]
    const foreign = !known && index >= 60 && index % 9 === 0 ? worldLeft.shift() : undefined
    const title = known?.[0] ?? foreign?.title ?? ((index % 11 === 5 && index > 50 && awkward.shift()) || nextTitle())
    return {
      id: index + 1,
      author_id: (known && idOf.get(known[1])) ?? foreign?.authorId ?? others.shift() ?? random.pick(locals).id,
      category_id: foreign ? 6 : Math.min(random.between(1, CATEGORIES.length), random.between(1, CATEGORIES.length)),
      title,
      isbn: toIsbn(index),
      format: random.pick(['Hardback', 'Paperback', 'Paperback', 'Paperback', 'Audio']),
      state: random.pick(['new', 'new', 'new', 'new', 'used', 'rare']),
      price_cents: known?.[2] ?? random.between(12, 80) * 50 - random.pick([0, 5, 10]),
      published: random.between(1948, 2026),
      pages: random.between(72, 812),
      stock: random.between(0, 24),
      cover_color: known?.[3] ?? random.pick(COVER_COLORS),
      cover_art: known?.[4] ?? random.between(0, 4),
      description: prose.blurb(random.between(180, 620)),
      reserved_until: null,
    }
  })
}

function toIsbn(index) {
  const digits = `97800${String(1_000_000 + index * 37)}`
  const sum = [...digits].reduce((total, digit, place) => total + Number(digit) * (place % 2 ? 3 : 1), 0)
  return `${digits.slice(0, 3)}-${digits.slice(3)}-${(10 - (sum % 10)) % 10}`
}

/** A book once more as a librarian describes it, with far more words than any page needs. */
export function createRecords(random, prose, books) {
  return books.slice(0, RECORDS).map((book, index) => {
    const record = { id: index + 1, book_id: book.id }
    for (const name of RECORD_STRINGS) record[name] = `${name.replaceAll('_', ' ')} ${random.between(100, 9999)}`
    for (const name of RECORD_TEXTS) record[name] = prose.blurb(random.between(500, 1400))
    return { ...record, shelf_mark: `${String.fromCharCode(65 + (index % 26))} ${random.between(10, 99)}.${random.between(100, 999)}` }
  })
}
