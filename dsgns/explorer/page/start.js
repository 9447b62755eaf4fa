// The page: what is asked stands in the address, so that links, the back button and bookmarks work.

const byId = (id) => document.getElementById(id)
let latest = 0

function go(terms) {
  const wanted = address(terms)
  if (location.hash === wanted) route()
  else location.hash = wanted
}

async function route() {
  const terms = Object.fromEntries(new URLSearchParams(location.hash.slice(1)))
  const turn = ++latest
  try {
    if (terms.a && terms.b && terms.c) await showAnalogy(terms)
    const word = terms.word || byId("word").dataset.shown || facts.first
    if (word) await showWord(word, () => turn === latest)
  } catch (error) {
    byId("about").replaceChildren(element("p", { class: "note" }, error.message))
  }
}

async function showWord(word, current) {
  const input = byId("word")
  if (input.dataset.shown === word) return
  const answer = await ask({ ask: "near", word })
  if (!current()) return
  input.dataset.shown = word
  if (location.hash) input.value = word
  byId("about").replaceChildren(...aboutWord(answer))
  showRoads(byId("neighbours"), answer.roads, { word })
  mark(answer)
  for (const [road, source] of Object.entries(marked)) markNorm(source, word, answer.roads[road])
}

function markNorm(source, word, found) {
  const there = found?.near == null ? [] : [found]
  source.data = { word: there.map(() => word), count: there.map((it) => it.count), norm: there.map((it) => it.norm) }
}

async function showAnalogy(terms) {
  const form = byId("analogy")
  for (const name of ["a", "b", "c"]) form.elements[name].value = terms[name]
  const { roads } = await ask({ ask: "analogy", words: [terms.a, terms.b, terms.c] })
  const question = [quoted(terms.a), " is to ", quoted(terms.b), " as ", quoted(terms.c), " is to …"]
  byId("solution").replaceChildren(...question)
  showRoads(byId("solutions"), roads, terms)
}

async function suggest(input) {
  const { words } = await ask({ ask: "begin", prefix: input.value.trim() })
  byId("beginnings").replaceChildren(...words.map((word) => element("option", { value: word })))
}

let marked = {}

function start(parts) {
  if (parts.exchange != null) listen(parts.exchange)
  marked = parts.marked
  startMap(parts.map)
  startColours(parts.figures)
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault()
    const word = byId("word").value.trim()
    if (word) go({ word })
  })
  byId("word").addEventListener("input", (event) => suggest(event.target))
  byId("analogy")?.addEventListener("submit", (event) => {
    event.preventDefault()
    const form = event.target
    go(Object.fromEntries(["a", "b", "c"].map((name) => [name, form.elements[name].value.trim()])))
  })
  window.addEventListener("hashchange", route)
  route()
}

window.explorer = { start }
