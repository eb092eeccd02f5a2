const list = document.getElementById('events')
const state = document.getElementById('state')
const stop = document.getElementById('stop')
const source = new EventSource(list.dataset.source)

source.addEventListener('open', () => {
  state.textContent = 'listening'
})
source.addEventListener('error', () => {
  state.textContent = 'reconnecting'
})
source.addEventListener('message', (event) => {
  const { text } = JSON.parse(event.data)
  const item = document.createElement('li')
  item.textContent = text
  list.prepend(item)
  while (list.childElementCount > 12) list.lastElementChild.remove()
})
stop.addEventListener('click', () => {
  source.close()
  state.textContent = 'stopped'
  stop.disabled = true
})
