/** the line of `addPrices` that asks */
const inSum = "      await db('books')\n"

/**
 * What is asked for. `burst` is the number of requests that keeps a bare app busy for about 100 ms on a usual machine;
 * the rest is what the toolbar must have recorded of one request, checked in every run: how many entries, and `asked`, the lines of
 * `app.mjs` (by a text of theirs) that ask the database, with how often.
 */
export const routes = [
  { path: '/hello', what: 'text, no query', burst: 800, document: false, sql: 0, template: 0, asked: {} },
  {
    path: '/page',
    what: 'EJS 2.5 KB, 1 query',
    burst: 300,
    document: true,
    sql: 1,
    template: 1,
    asked: { "select('id', 'title', 'price')": 1 },
  },
  {
    path: '/n1',
    what: 'EJS 6 KB, 51 queries',
    burst: 50,
    document: true,
    sql: 51,
    template: 1,
    asked: { "await db('books').select('*')": 1, 'book.author = await db(': 50 },
  },
  {
    path: '/json',
    what: 'JSON, 3 queries',
    burst: 250,
    document: false,
    sql: 3,
    template: 0,
    asked: { 'const book = await': 1, 'const author = await': 1, 'const others = await': 1 },
  },
  { path: '/heavy', what: 'JSON, 1,000 queries in a row', burst: 4, document: false, sql: 1000, template: 0, asked: { [inSum]: 1000 } },
  { path: '/html100k', what: 'HTML 100 KB, no query', burst: 300, document: true, sql: 0, template: 0, asked: {} },
  {
    path: '/pg',
    what: 'EJS 6 KB, 51 queries on PostgreSQL',
    burst: 8,
    document: true,
    sql: 51,
    template: 1,
    needs: 'pg',
    asked: { "await pg('books').select('*')": 1, 'book.author = await pg(': 50 },
  },
  {
    path: '/post',
    what: 'a JSON body, 1 query, answered as JSON',
    burst: 250,
    document: false,
    sql: 1,
    template: 0,
    asked: { 'price } = await db(': 1 },
    body: { id: 42, copies: 3, note: 'as a gift, please' },
  },
]

/** How the cost of a query grows with their number. */
export const scalingRoutes = [51, 1_000, 10_000].map((queries) => ({
  path: `/queries?n=${queries}`,
  queries,
  what: `JSON, ${queries.toLocaleString('en')} queries in a row`,
  burst: Math.max(1, Math.round(4_000 / queries)),
  document: false,
  sql: queries,
  template: 0,
  asked: { [inSum]: queries },
}))
