// Questions and their answers: from the session's exchange, or from the answers that a file brings along.

const facts = JSON.parse(document.getElementById("facts").textContent)
const PATIENCE = 20000
const MORE_PATIENCE = 600000
const waiting = new Map()
let asked = 0
let exchange = null

function ask(question, patience = PATIENCE) {
  if (facts.answers != null) return Promise.resolve(kept[question.ask](question))
  const id = ++asked
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => give({ id, failed: "There is no answer. Is dsgns explore still running?" }), patience)
    waiting.set(id, (answer) => {
      clearTimeout(timer)
      if (answer.failed == null) resolve(answer)
      else reject(new Error(answer.failed))
    })
    exchange.question = JSON.stringify({ ...question, id })
  })
}

function listen(model) {
  exchange = model
  exchange.properties.answer.change.connect(() => give(JSON.parse(exchange.answer)))
}

function give(answer) {
  waiting.get(answer.id)?.(answer)
  waiting.delete(answer.id)
}

// What a file knows without a server: words are looked up in a Map, for some are called constructor or __proto__.
const near = new Map((facts.answers?.near ?? []).map((answer) => [answer.word, answer]))
const kept = {
  near: ({ word }) => near.get(word) ?? { word, roads: strange(word) },
  map: ({ road }) => facts.answers.maps[road],
  begin: ({ prefix }) => ({ words: prefix ? words((word) => word.startsWith(prefix), 8) : [] }),
}

function words(fits, most) {
  const found = []
  for (const word of near.keys()) {
    if (found.length < most && fits(word)) found.push(word)
  }
  return found
}

function strange(word) {
  const stem = word.toLowerCase().slice(0, Math.max(1, word.length - 1))
  const unknown = [[word, words((other) => other.startsWith(stem) || other.includes(word), 5)]]
  return Object.fromEntries(facts.roads.map((road) => [road, { unknown, of: near.size }]))
}
