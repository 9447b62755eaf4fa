// The map: what is seen of it, marks, and labels that leave one another room.

const LABEL_HEIGHT = 15
const MOST_LABELS = 140
const atlas = { parts: null, road: null, layout: "pca", turn: 0, pending: false, widths: new Map(), answer: null }
const pen = document.createElement("canvas").getContext("2d")

function startMap(parts) {
  atlas.parts = parts
  atlas.road = facts.roads[0]
  const { figure, dots, marks } = parts
  for (const range of [figure.x_range, figure.y_range]) {
    for (const name of ["start", "end"]) range.properties[name].change.connect(scheduleLabels)
  }
  for (const name of ["inner_width", "inner_height"]) figure.properties[name].change.connect(() => viewAll())
  for (const source of [dots, marks]) source.selected.properties.indices.change.connect(() => queueMicrotask(goToPicked))
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => zooms[button.dataset.zoom]())
  }
  for (const choice of document.querySelectorAll("input[name=map], input[name=layout]")) {
    choice.addEventListener("change", showChosenMap)
  }
  viewAll()
}

// A click picks dots and marks that lie there; a mark is what was meant, for it is on top.
function goToPicked() {
  const { dots, marks } = atlas.parts
  const words = [marks, dots].flatMap((source) => source.selected.indices.slice(0, 1).map((row) => source.data.word[row]))
  for (const source of [marks, dots]) {
    if (source.selected.indices.length > 0) source.selected.indices = []
  }
  if (words.length > 0 && known(words[0])) go({ word: words[0] })
}

const chosen = (name, otherwise) => document.querySelector(`input[name=${name}]:checked`)?.value ?? otherwise

async function showChosenMap() {
  const [road, layout] = [chosen("map", facts.roads[0]), chosen("layout", "pca")]
  const turn = ++atlas.turn
  const about = document.getElementById("about-map")
  about.dataset.text ??= about.textContent
  if (layout !== "pca") about.textContent = "Laying out the words; the first time this takes a minute …"
  try {
    const shown = await ask({ ask: "map", road, layout }, MORE_PATIENCE)
    if (turn !== atlas.turn) return
    Object.assign(atlas, { road, layout })
    atlas.parts.dots.data = { word: shown.word, count: shown.count, x: shown.x, y: shown.y }
    viewAll()
    await mark(atlas.answer)
    about.textContent = about.dataset.text
  } catch (error) {
    if (turn === atlas.turn) about.textContent = error.message
  }
}

async function mark(answer) {
  atlas.answer = answer
  const { road, layout } = atlas
  const found = answer?.roads?.[road]
  const words = found?.near == null ? [] : [answer.word, ...found.near.map(([word]) => word)]
  const asks = layout !== "pca" && words.length > 0
  const places = asks ? (await ask({ ask: "places", road, layout, words }, MORE_PATIENCE)).places : found?.places
  if (answer !== atlas.answer || road !== atlas.road || layout !== atlas.layout) return
  atlas.parts.marks.data = {
    word: words,
    count: words.map((_, row) => (row === 0 ? found.count : found.counts[row - 1])),
    x: words.map((_, row) => places[row][0]),
    y: words.map((_, row) => places[row][1]),
    size: words.map((_, row) => (row === 0 ? 13 : 8)),
  }
  paint()
  scheduleLabels()
}

function view(xs, ys, room) {
  const { x_range, y_range, inner_width, inner_height } = atlas.parts.figure
  if (xs.length === 0 || !(inner_width > 0 && inner_height > 0)) return
  const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  // As far across as upwards: a unit has the same length both ways.
  const unit = room * Math.max((right - left) / inner_width, (top - bottom) / inner_height, 1e-4)
  x_range.setv({ start: (left + right - unit * inner_width) / 2, end: (left + right + unit * inner_width) / 2 })
  y_range.setv({ start: (bottom + top - unit * inner_height) / 2, end: (bottom + top + unit * inner_height) / 2 })
}

function viewAll() {
  view(Array.from(atlas.parts.dots.data.x), Array.from(atlas.parts.dots.data.y), 1.12)
  scheduleLabels()
}

function zoomBy(factor) {
  const { figure, marks } = atlas.parts
  for (const [range, name] of [[figure.x_range, "x"], [figure.y_range, "y"]]) {
    const { start, end } = range
    const asked = marks.data[name][0]
    const centre = factor < 1 && asked > start && asked < end ? asked : (start + end) / 2
    range.setv({ start: centre + (start - centre) * factor, end: centre + (end - centre) * factor })
  }
}

const zooms = {
  in: () => zoomBy(1 / 1.6),
  out: () => zoomBy(1.6),
  all: () => viewAll(),
  word: () => view(atlas.parts.marks.data.x, atlas.parts.marks.data.y, 1.5),
}

function scheduleLabels() {
  if (atlas.pending) return
  atlas.pending = true
  requestAnimationFrame(() => {
    atlas.pending = false
    placeLabels()
  })
}

function placeLabels() {
  const { figure, dots, marks, labels, marked } = atlas.parts
  const taken = []
  const bold = placed(marks.data, figure, taken, "bold 13px", marks.data.word.length)
  const asked = new Set(marks.data.word)
  marked.data = columns(marks.data, bold)
  labels.data = columns(dots.data, placed(dots.data, figure, taken, "12px", MOST_LABELS, asked))
}

// Which of the words, the first before the others, have room beside their dots.
function placed(data, figure, taken, font, most, without = new Set()) {
  const { x_range, y_range, inner_width, inner_height } = figure
  const across = inner_width / (x_range.end - x_range.start)
  const upwards = inner_height / (y_range.end - y_range.start)
  const found = []
  for (let place = 0; place < data.word.length && found.length < most; place++) {
    const x = (data.x[place] - x_range.start) * across
    const y = (y_range.end - data.y[place]) * upwards
    if (x < 0 || y < LABEL_HEIGHT / 2 || y > inner_height - LABEL_HEIGHT / 2 || without.has(data.word[place])) continue
    const box = [x - 4, y - LABEL_HEIGHT / 2, x + 11 + widthOf(data.word[place], font), y + LABEL_HEIGHT / 2]
    if (box[2] > inner_width || taken.some((other) => overlap(box, other))) continue
    taken.push(box)
    found.push(place)
  }
  return found
}

const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]

function widthOf(word, font) {
  const name = font + word
  if (!atlas.widths.has(name)) {
    pen.font = `${font} ${facts.font}`
    atlas.widths.set(name, pen.measureText(word).width)
  }
  return atlas.widths.get(name)
}

function columns(data, places) {
  return Object.fromEntries(["word", "x", "y"].map((name) => [name, places.map((place) => data[name][place])]))
}
