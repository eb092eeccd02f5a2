const words = document.getElementById('words')
const results = document.getElementById('results')
const found = document.getElementById('found')
const answer = document.getElementById('answer')
let shown = []
let latest = 0

async function find() {
  const mine = ++latest
  const response = await fetch(`/api/books?q=${encodeURIComponent(words.value)}`)
  const { books } = await response.json()
  if (mine !== latest) return // a later letter was faster
  shown = books
  found.textContent = `${books.length} books`
  results.replaceChildren(
    ...books.map((book) => {
      const item = document.createElement('li')
      const link = document.createElement('a')
      link.href = `/books/${book.id}`
      link.dir = 'auto'
      link.textContent = book.title
      const by = document.createElement('span')
      by.dir = 'auto'
      by.textContent = book.author_name
      item.append(link, ' ', by)
      return item
    }),
  )
}

const show = (status, data) => {
  answer.textContent = `${status}\n${JSON.stringify(data, null, 2)}`
}

let typing
words.addEventListener('input', () => {
  clearTimeout(typing)
  typing = setTimeout(find, 150)
})
document.getElementById('find').addEventListener('submit', (event) => event.preventDefault())
document.getElementById('categories').addEventListener('click', () => {
  const request = new XMLHttpRequest()
  request.responseType = 'json'
  request.addEventListener('load', () => show(request.status, request.response))
  request.open('GET', '/api/categories')
  request.send()
})
document.getElementById('quote').addEventListener('click', async () => {
  const response = await fetch('/api/quotes', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ bookIds: shown.slice(0, 3).map((book) => book.id) }),
  })
  show(response.status, await response.json())
})
document.getElementById('missing').addEventListener('click', async () => {
  const response = await fetch('/api/books/999999')
  show(response.status, await response.json())
})
find()
