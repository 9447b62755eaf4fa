// Lists of neighbours. Words come from a corpus: they are only ever set as text.

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children.filter((child) => child != null))
  return made
}

const address = (terms) => "#" + new URLSearchParams(terms)
const known = (word) => facts.answers == null || near.has(word)
const number = (value) => value.toLocaleString("en")
const quoted = (word) => element("b", {}, `“${word}”`)

function wordLink(word, terms = { word }) {
  return known(word) ? element("a", { href: address(terms) }, word) : element("b", {}, word)
}

function showRoads(place, roads, terms) {
  const answers = Object.values(roads)
  if (answers.every((answer) => answer.near == null)) {
    place.replaceChildren(unknown(answers[0], terms))
    return
  }
  const lists = Object.entries(roads).map(([road, answer]) => roadList(road, answer, roads, terms))
  place.replaceChildren(...lists)
  if (place.querySelector(".both")) {
    place.append(element("p", { class: "soft small legend", style: "grid-column: 1 / -1" }, "in both lists"))
  }
}

function roadList(road, answer, roads, terms) {
  const title = element("h3", {}, facts.titles[road], element("span", { title: facts.keys[road] }, facts.keys[road]))
  const list = answer.near == null ? unknown(answer, terms) : ranking(road, answer.near, roads)
  return element("div", { class: road, "data-road": road }, title, list)
}

function ranking(road, near, roads) {
  const others = Object.entries(roads).filter(([name, answer]) => name !== road && answer.near != null)
  const shared = new Set(others.flatMap(([, answer]) => answer.near.map(([word]) => word)))
  const rows = near.map(([word, cosine]) => {
    const link = wordLink(word)
    link.title = word
    if (shared.has(word)) link.classList.add("both")
    const bar = element("span", { class: "bar", "aria-hidden": "true" }, element("i"))
    bar.style.setProperty("--share", Math.max(0, Math.min(1, cosine)))
    return element("li", {}, link, bar, element("span", { class: "cosine" }, cosine.toFixed(3)))
  })
  return element("ol", { "aria-label": `Neighbours by ${facts.titles[road]}` }, ...rows)
}

function unknown(answer, terms) {
  const told = answer.unknown.map(([word, near]) => {
    const line = element("p", {}, quoted(word), ` is not among these ${number(answer.of)} words.`)
    if (near.length > 0) line.append(" Close to it: ")
    near.forEach((other, place) => line.append(place > 0 ? ", " : "", wordLink(other, replaced(terms, word, other))))
    return line
  })
  return element("div", { class: "unknown" }, ...told)
}

function replaced(terms, word, other) {
  return Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, value === word ? other : value]))
}

function absent() {
  if (facts.answers == null) return "Not in the vocabulary"
  return `Not among the ${number(near.size)} most frequent words, whose neighbours this page brings along`
}

function aboutWord(answer) {
  const found = Object.values(answer.roads).find((road) => road.near != null)
  const lines = [element("p", { class: "asked" }, answer.word)]
  if (found == null) lines.push(element("p", { class: "soft" }, absent()))
  else if (found.count > 0) {
    lines.push(element("p", { class: "soft" }, `${number(found.count)} occurrences, word ${number(found.rank)} by frequency`))
  }
  return lines
}
