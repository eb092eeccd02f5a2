const books = "const books = await db('books').orderBy('id')"

/** Loops whose change is certain: what they are, and how many queries are left. */
export const changed: [name: string, body: string, after: number][] = [
  [
    'a row by id',
    `${books}
  for (const book of books) {
    const author = await db('authors').where('id', book.author_id).first()
    book.author_name = author?.name
  }
  return books`,
    2,
  ],
  [
    'rows of each',
    `${books}
  const out = []
  for (const book of books) {
    const reviews = await db('reviews').where('book_id', book.id)
    out.push([book.title, reviews.length, reviews.map((review) => review.text)])
  }
  return out`,
    2,
  ],
  [
    'a row by an object',
    `${books}
  const names = []
  for (const book of books) {
    const author = await db('authors').where({ id: book.author_id }).first()
    names.push(author ? author.name : 'nobody')
  }
  return names`,
    2,
  ],
  [
    'rows by an object with more conditions',
    `${books}
  const out = []
  for (const { id } of books) {
    const best = await db('reviews').where({ stars: 5, book_id: id }).orderBy('id')
    out.push(best)
  }
  return out`,
    2,
  ],
  [
    'a row by three arguments, with double quotes and semicolons',
    `  const books = await db("books").orderBy("id");
  const names = [];
  for (const book of books) {
    const author = await db("authors").where("id", "=", book.author_id).first();
    names.push(author?.name);
  }
  return names;`,
    2,
  ],
  [
    'one column of a row',
    `${books}
  const names = []
  for (const book of books) {
    const author = await db('authors').where('id', book.author_id).first('name')
    if (author) names.push(author.name)
  }
  return names`,
    2,
  ],
  [
    'one column of rows',
    `${books}
  let sum = 0
  for (const book of books) {
    const reviews = await db('reviews').select('stars').where('book_id', book.id)
    for (const review of reviews) sum += review.stars
  }
  return sum`,
    2,
  ],
  [
    'Promise.all of an async callback',
    `${books}
  const out = await Promise.all(
    books.map(async (book) => {
      const author = await db('authors').where('id', book.author_id).first()
      return { title: book.title, author: author?.name }
    }),
  )
  return out`,
    2,
  ],
  [
    'Promise.all of builders',
    `${books}
  const authors = await Promise.all(books.map((book) => db('authors').where('id', book.author_id).first()))
  return authors.map((author) => author?.name ?? null)`,
    2,
  ],
  [
    'Promise.all of builders of lists, by index',
    `${books}
  const lists = await Promise.all(books.map((book, index) => db('reviews').where('book_id', books[index].id).orderBy('id', 'desc')))
  return lists`,
    2,
  ],
  [
    'entries of a list',
    `${books}
  const out = []
  for (const [index, book] of books.entries()) {
    const author = await db('authors').where('id', book.author_id).first()
    out.push([index, author])
  }
  return out`,
    2,
  ],
  [
    'a loop that counts',
    `${books}
  const out = []
  for (let index = 0; index < books.length; index++) {
    const author = await db('authors').where('id', books[index].author_id).first()
    out.push(author?.name)
  }
  return out`,
    2,
  ],
  [
    'ids that are counted',
    `const out = []
  for (let id = 1; id <= 20; id++) out.push(await db('books').where('id', id).first())
  return out`,
    1,
  ],
  [
    'text as a key',
    `${books}
  const out = []
  for (const book of books) {
    const authors = await db('authors').where('slug', book.slug)
    out.push(authors.length)
  }
  return out`,
    2,
  ],
  [
    'a chain over several lines',
    `${books}
  const out = []
  for (const book of books) {
    const reviews = await db('reviews')
      .where('book_id', book.id)
      .whereNot('stars', 1)
      .orderBy('id')
    out.push(reviews)
  }
  return out`,
    2,
  ],
  [
    'what is assigned to a property',
    `${books}
  for (const book of books) book.author = await db('authors').where('id', book.author_id).first()
  return books`,
    2,
  ],
  [
    'what is used in place',
    `const books = await db('books').whereNot('author_id', 99).orderBy('id')
  const out = []
  for (const book of books) out.push((await db('authors').where('id', book.author_id).first()).name)
  return out`,
    2,
  ],
  [
    'a list that is taken apart',
    `${books}
  const out = []
  for (const book of books) {
    const [author] = await db('authors').where('id', book.author_id)
    out.push(author)
  }
  return out`,
    2,
  ],
  [
    'a list of values',
    `const out = []
  for (const id of [3, 1, 4, 1, 5, 9, 2, 6]) {
    const book = await db('books').where('id', id).first()
    out.push(book.title)
  }
  return out`,
    1,
  ],
  [
    'names that are taken',
    `${books}
  const authors = 'taken'
  const authorIds = []
  const authorsById = []
  for (const book of books) {
    const author = await db('authors').where('id', book.author_id).first()
    authorIds.push(author?.id)
  }
  return [authors, authorIds, authorsById]`,
    2,
  ],
]

/** Loops whose change could do something else: an example is shown instead. */
export const unsafe: [name: string, body: string][] = [
  [
    'a condition around the query',
    `${books}
  const out = []
  for (const book of books) {
    if (book.state === 'new') out.push(await db('authors').where('id', book.author_id).first())
  }
  return out`,
  ],
  [
    'a while loop',
    `let id = 1
  const out = []
  while (id <= 10) {
    out.push(await db('authors').where('id', id).first())
    id++
  }
  return out`,
  ],
  [
    'rows that are changed',
    `${books}
  const out = []
  for (const book of books) {
    const author = await db('authors').where('id', book.author_id).first()
    if (author) author.book = book.title
    out.push(author)
  }
  return out`,
  ],
  [
    'lists that are changed',
    `${books}
  const out = []
  for (const book of books) {
    const reviews = await db('reviews').where('book_id', book.id)
    reviews.push({ text: book.title })
    out.push(reviews)
  }
  return out`,
  ],
  [
    'rows that are handed to a function',
    `${books}
  const mark = (row) => { if (row) row.seen = (row.seen ?? 0) + 1 }
  const out = []
  for (const book of books) {
    const author = await db('authors').where('id', book.author_id).first()
    mark(author)
    out.push(author)
  }
  return out`,
  ],
  [
    'columns that are passed on whole',
    `${books}
  const out = []
  for (const book of books) out.push(await db('authors').where('id', book.author_id).first('name'))
  return out`,
  ],
  [
    'a key that is made in the loop',
    `${books}
  const out = []
  for (const book of books) {
    const key = book.author_id + 1
    out.push(await db('authors').where('id', key).first())
  }
  return out`,
  ],
  [
    'a key that is changed in the loop',
    `${books}
  const out = []
  for (const book of books) {
    book.author_id = (book.author_id % 12) + 1
    const author = await db('authors').where('id', book.author_id).first()
    out.push(author)
  }
  return out`,
  ],
  [
    'a limit on each',
    `${books}
  const out = []
  for (const book of books) {
    const some = await db('reviews').where('book_id', book.id).limit(1)
    out.push(some)
  }
  return out`,
  ],
  [
    'a count of each',
    `${books}
  const out = []
  for (const book of books) {
    const { total } = await db('reviews').where('book_id', book.id).count({ total: '*' }).first()
    out.push(total)
  }
  return out`,
  ],
  [
    'a write to the same table in between',
    `const out = []
  for (const id of [1, 2, 3, 4, 5, 6]) {
    const author = await db('authors').where('id', id).first()
    out.push(author.name)
    await db('authors').where('id', id + 1).update({ name: author.name })
  }
  return out`,
  ],
  [
    'an error that is caught in each round',
    `${books}
  const out = []
  for (const book of books) {
    try {
      const author = await db('authors').where('id', book.author_id).first()
      out.push(author.name)
    } catch {
      out.push('none')
    }
  }
  return out`,
  ],
  [
    'a function that is called in the loop',
    `${books}
  const find = async (id) => {
    const author = await db('authors').where('id', id).first()
    return author
  }
  const out = []
  for (const book of books) out.push(await find(book.author_id))
  return out`,
  ],
  [
    'raw SQL',
    `${books}
  const out = []
  for (const book of books) out.push(await db.raw('select * from authors where id = ?', [book.author_id]))
  return out`,
  ],
  [
    'a generator, which can be gone through once',
    `function* ids() { yield* [1, 2, 3, 4, 5, 6] }
  const out = []
  for (const id of ids()) {
    const author = await db('authors').where('id', id).first()
    out.push(author.name)
  }
  return out`,
  ],
  [
    'what is chained behind the query',
    `${books}
  const out = []
  for (const book of books) {
    const name = await db('authors').where('id', book.author_id).first().then((author) => author?.name)
    out.push(name)
  }
  return out`,
  ],
  [
    'what is chained behind the query of a callback',
    `${books}
  return await Promise.all(books.map((book) => db('authors').where('id', book.author_id).first().then((author) => author?.name)))`,
  ],
  [
    'rows of Promise.all that are changed later',
    `${books}
  const authors = await Promise.all(books.map((book) => db('authors').where('id', book.author_id).first()))
  for (const [index, author] of authors.entries()) if (author) author.book = books[index].title
  return authors`,
  ],
  [
    'rows that are changed where they were put',
    `${books}
  for (const book of books) book.author = await db('authors').where('id', book.author_id).first()
  for (const book of books) if (book.author) book.author.of = book.title
  return books`,
  ],
  [
    'a generator in a variable',
    `function* ids() { yield* [1, 2, 3, 4, 5, 6] }
  const all = ids()
  const out = []
  for (const id of all) {
    const author = await db('authors').where('id', id).first()
    out.push(author.name)
  }
  return out`,
  ],
  [
    'a list that grows in the loop',
    `const ids = [1]
  const out = []
  for (const id of ids) {
    const author = await db('authors').where('id', id).first()
    out.push(author.name)
    if (id < 8) ids.push(id + 1)
  }
  return out`,
  ],
  [
    'a loop that only sometimes runs',
    `${books}
  const out = []
  if (books.length > 0) for (const book of books) out.push(await db('authors').where('id', book.author_id).first())
  return out`,
  ],
  [
    'the first of several, in an order',
    `${books}
  const out = []
  for (const book of books) {
    const best = await db('reviews').where('book_id', book.id).orderBy('stars', 'desc').orderBy('id').first()
    out.push(best?.text)
  }
  return out`,
  ],
  [
    'the first by a column that may not be unique',
    `${books}
  const out = []
  for (const book of books) {
    const author = await db('authors').where('slug', book.slug).first()
    out.push(author.name)
  }
  return out`,
  ],
]
