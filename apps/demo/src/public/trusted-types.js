document.getElementById('try').addEventListener('click', () => {
  const result = document.getElementById('result')
  try {
    document.createElement('p').innerHTML = '<b>a string of HTML</b>'
    result.textContent = 'The browser took it: it knows no trusted types.'
  } catch (error) {
    result.textContent = `The browser refused: ${error.message}`
  }
})
