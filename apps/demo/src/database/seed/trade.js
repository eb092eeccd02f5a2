import { scryptSync } from 'node:crypto'
import { createPeople } from './people.js'

const CUSTOMERS = 400
const REVIEWS = 10_000
const ORDERS = 1500
/** The shop's calendar ends here, so that a seed of next year is the same as one of today. */
const TODAY = Date.UTC(2026, 10, 20, 18)
const DAY = 86_400_000

export const DEMO_ACCOUNTS = [
  { name: 'Marguerite Bell', email: 'marguerite@example.com', city: 'Cork' },
  { name: 'יעל אברהם', email: 'yael@example.com', city: 'Haifa' },
  { name: '佐藤 一郎', email: 'ichiro@example.com', city: 'Kanazawa' },
]
export const DEMO_PASSWORD = 'paper-boat'

const SHORT_REVIEWS = [
  ['رائع', 'كتاب هادئ ومدهش، قرأته في ليلة واحدة ثم عدت إلى أوله. الترجمة دقيقة، والفصل الأخير لا يُنسى.'],
  ['ספר נפלא', 'קראתי אותו פעמיים. הפרק על המגדלור הוא הדבר היפה ביותר שקראתי השנה, והתרגום מצוין.'],
  ['静かな名作', '灯台の場面がいつまでも心に残ります。翻訳も丁寧で、装丁も美しい一冊でした。贈り物にもおすすめです。'],
  ['Прекрасно', 'Тихая, точная и очень смешная книга. Прочитала за два вечера и сразу подарила подруге.'],
  ['Υπέροχο', 'Ένα βιβλίο ήσυχο και ακριβές. Το διάβασα στο πλοίο και έχασα τη στάση μου. Το συνιστώ σε όλους.'],
  ['बहुत सुंदर', 'यह किताब धीरे-धीरे खुलती है और फिर छोड़ती नहीं। अनुवाद भी बहुत अच्छा है।'],
  ['👍📚', 'Read it in one sitting ☕️, then bought two more for friends 🎁🎁. “100%” recommended; 0 regrets \\o/'],
]

export function createCustomers(random) {
  const people = createPeople(random)
  return Array.from({ length: CUSTOMERS }, (_, index) => {
    const account = DEMO_ACCOUNTS[index]
    const name = account?.name ?? people.name()
    return {
      id: index + 1,
      name,
      email: account?.email ?? `reader${index + 1}@example.com`,
      city: account?.city ?? people.city(),
      password_hash: account ? hashForSeed(DEMO_PASSWORD, account.email) : null,
    }
  })
}

/** A fixed salt per account: the seed must not differ from one run to the next. */
function hashForSeed(password, email) {
  const salt = Buffer.from(email).toString('base64url')
  return `scrypt:${salt}:${scryptSync(password, salt, 32).toString('base64url')}`
}

export function createReviews(random, prose, books, customers) {
  return Array.from({ length: REVIEWS }, (_, index) => {
    const customer = random.pick(customers)
    const [title, body] = random.chance(0.03) ? random.pick(SHORT_REVIEWS) : [prose.headline(), undefined]
    return {
      id: index + 1,
      book_id: random.chance(0.2) ? random.between(1, 40) : random.pick(books).id,
      customer_id: customer.id,
      reviewer_email: customer.email,
      rating: Math.max(random.between(1, 5), random.between(2, 5)),
      title: title.slice(0, 200),
      body: `${body ? `${body}\n\n` : ''}${prose.review(random.between(200, body ? 400 : 1300))}`.slice(0, 1500),
      written_at: new Date(TODAY - random.between(1, 1400) * DAY - random.between(0, 86_399) * 1000),
    }
  })
}

export function createOrders(random, books, customers) {
  const items = []
  const orders = Array.from({ length: ORDERS }, (_, index) => {
    const lines = Array.from({ length: random.between(1, 4) }, () => {
      const book = random.pick(books)
      return { order_id: index + 1, book_id: book.id, quantity: random.between(1, 2), price_cents: book.price_cents }
    })
    for (const line of lines) items.push({ id: items.length + 1, ...line })
    return {
      id: index + 1,
      customer_id: random.pick(customers).id,
      status: random.pick(['placed', 'packed', 'sent', 'sent', 'delivered', 'delivered', 'returned']),
      total_cents: lines.reduce((total, line) => total + line.quantity * line.price_cents, 0),
      placed_at: new Date(TODAY - random.between(1, 900) * DAY - random.between(0, 86_399) * 1000),
    }
  })
  return { orders, items }
}

export function createReadings(prose, authors) {
  const days = [
    'First Thursday of the month, 19:00',
    'Every second Saturday, 11:00',
    'Last Friday of the month, 20:00',
    'Sunday matinée, 15:00',
  ]
  return Array.from({ length: 12 }, (_, index) => ({
    id: index + 1,
    author_id: authors[index * 3].id,
    title: `${authors[index * 3].name} reads`,
    held_on: days[index % days.length],
    note: prose.blurb(160),
  }))
}
