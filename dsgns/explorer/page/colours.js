// The figures wear the page's colours, by day and by night.

let painted = []

function startColours(figures) {
  painted = figures
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint)
  paint()
}

function paint() {
  const style = getComputedStyle(document.documentElement)
  const colour = (name) => style.getPropertyValue(`--${name}`).trim()
  const road = colour(atlas.road ?? "soft")
  const worn = {
    svd: { line_color: colour("svd"), fill_color: colour("svd") },
    sgns: { line_color: colour("sgns"), fill_color: colour("sgns") },
    dots: { fill_color: colour("dot") },
    marks: { fill_color: road, line_color: colour("card") },
    labels: { text_color: colour("soft") },
    marked: { text_color: colour("ink") },
  }
  for (const figure of painted) {
    for (const part of [...figure.below, ...figure.left]) {
      part.setv({ major_label_text_color: colour("soft"), axis_label_text_color: colour("soft") })
    }
    for (const grid of figure.center.filter((part) => part.type === "Grid" && part.dimension === 1)) {
      grid.grid_line_color = colour("line")
    }
    for (const renderer of figure.renderers) wear(renderer.glyph, worn[renderer.name])
  }
}

function wear(glyph, colours) {
  for (const [name, value] of Object.entries(colours)) {
    // Dots have no rim, rings no filling: their alpha or null stays.
    if (name in glyph.properties && glyph[name]?.value !== null) glyph[name] = { value }
  }
}
