const reviews = document.getElementById('reviews')
const more = document.getElementById('more')
let from = 0

more.addEventListener('click', async () => {
  const response = await fetch(`${more.dataset.get}?from=${from}`, { headers: { 'HX-Request': 'true' } })
  const html = await response.text()
  reviews.insertAdjacentHTML('beforeend', html)
  from += 3
  more.hidden = html.trim() === ''
})
