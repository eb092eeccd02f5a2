/** Sentences that read like a bookseller wrote them: templates whose {holes} are filled from the lists below. */
const WORDS = {
  place: [
    'the harbour',
    'a border town',
    'the old observatory',
    'an island with one road',
    'the flooded valley',
    'a ward at night',
    'the last bakery on the quay',
    'a school above the tree line',
    'the railway archive',
    'a rented room in Trieste',
  ],
  person: [
    'a lighthouse keeper',
    'a pair of sisters',
    'a retired cartographer',
    'the translator',
    'a night porter',
    'an unreliable uncle',
    'the surveyor’s widow',
    'a boy who counts everything',
    'a piano tuner',
    'the ferry captain',
  ],
  thing: [
    'a ledger nobody signed',
    'a suitcase of negatives',
    'the wrong inheritance',
    'a map with one false street',
    'letters in a language she cannot read',
    'a debt from before the war',
    'a recipe for black bread',
    'the sound of the foghorn',
    'an unfinished bridge',
    'a drawer of keys',
  ],
  quality: [
    'patient',
    'quietly funny',
    'exact',
    'unsentimental',
    'generous',
    'stubborn',
    'luminous',
    'sly',
    'restless',
    'tender',
    'dry as salt',
    'unhurried',
  ],
  part: [
    'the middle section',
    'the chapter on the flood',
    'the opening forty pages',
    'the dialogue',
    'the last scene',
    'the footnotes',
    'the weather',
    'the mother',
    'the ending',
    'every line about food',
  ],
  verdict: [
    'earns its length',
    'is worth the price alone',
    'had me reading on the tram past my stop',
    'loses its nerve',
    'could be half as long',
    'is the best thing she has done',
    'made me put the kettle on and start again',
    'does not quite land',
    'stays with you for weeks',
    'is beautifully judged',
  ],
  reader: [
    'my book club',
    'my father, who reads nothing',
    'a friend in hospital',
    'my students',
    'the man next to me on the train',
    'my neighbour',
    'our daughter',
    'three people already',
  ],
  reaction: [
    'argued about it until midnight',
    'asked for the next one',
    'gave it back unread',
    'underlined half of it',
    'finished it in a weekend',
    'cried, and denied it',
    'wanted to know what happened to the dog',
  ],
  time: ['one winter', 'a single night', 'forty years', 'the summer of the drought', 'three Sundays', 'the week before a wedding'],
}

const REVIEW = [
  'I bought this for {part} and stayed for {person}.',
  'What begins with {thing} turns, almost without your noticing, into a book about {place}.',
  'The prose is {quality} and {quality}, and {part} {verdict}.',
  'I gave it to {reader}, who {reaction}.',
  'There is a scene in {place} with {person} and {thing} that I have now read four times.',
  'Not everything works: {part} {verdict}, and I could have done with less of {person}.',
  'It covers {time}, and yet nothing feels rushed.',
  'If you liked the author’s earlier books, this one is more {quality} and less {quality}.',
  'My copy arrived well packed, with a handwritten note from the shop, which matters more than it should.',
  'Somebody in the shop told me that {part} {verdict}, and they were right.',
  'You will want {thing} explained sooner than the author is willing to explain it.',
  'I do not usually care for novels about {place}, but this is {quality} enough to change my mind.',
  'The translation is {quality}; only once, near {place}, did I hear the hinge creak.',
  'By the time {person} comes back to {place}, you know exactly what it will cost.',
]
const BLURB = [
  'In {place}, {person} finds {thing}, and {time} of silence comes to an end.',
  'A {quality}, {quality} book about {person}, {thing} and what is left of {place}.',
  'Over {time}, {person} and {person} try to keep {place} from being forgotten.',
  'Nobody in {place} wants to talk about {thing}. Then {person} arrives on the morning boat.',
  'Part memoir, part inquiry, it follows {thing} from {place} to {place}.',
  'Told in {time}, it asks what {person} owes to {place}.',
  'The author returns to {place}, this time in the company of {person}.',
  'What survives is {thing}, and a voice that is {quality} to the last page.',
]
const BIOGRAPHY = [
  'Has worked as {person} and once spent {time} in {place}.',
  'Writes in the mornings, in {place}, about {thing} and {person}.',
  'The first book, about {thing}, was called “{quality} and {quality}” by everyone who had read it.',
  'Lives near {place} with {person} and a great many notebooks.',
  'Came to writing late, after {time} in {place}.',
]

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1)

export function createProse(random) {
  const fill = (template) =>
    capital(template.replace(/\{(\w+)\}/g, (_, name) => random.pick(WORDS[name])).replace(/\b([Aa]) (?=[aeiou])/g, '$1n '))
  /** Sentences, no two alike next to each other, until the text is at least `length` long; paragraphs at whim. */
  const write = (templates, length) => {
    let text = ''
    let last = ''
    while (text.length < length) {
      const template = random.pick(templates)
      if (template === last) continue
      last = template
      text += `${text === '' ? '' : random.chance(0.12) ? '\n\n' : ' '}${fill(template)}`
    }
    return text
  }
  return {
    review: (length) => write(REVIEW, length),
    blurb: (length) => write(BLURB, length),
    biography: (length) => write(BIOGRAPHY, length),
    headline: () => {
      const line = fill(random.pick(['{quality} and {quality}', '{part} {verdict}', 'A book about {place}', '{person}, {thing}']))
      return capital(line)
    },
  }
}
