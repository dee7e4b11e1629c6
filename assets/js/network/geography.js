// Actors at their commune. Mercator's projection: true to shape at any latitude (a square at 50° N stays a square), and the one
// that tiles are drawn in.

const EDGE = 40; // units kept free around the map
const SPREAD = 11; // units between two actors of one commune, less where they are many
const FILLED = 0.3; // share of the map that all communes together may cover
const ROUNDS = 80;
const GOLDEN = Math.PI * (3 - Math.sqrt(5));
const TILE = 256;
const MOVED = 10; // units from its true place from which on a commune is tied to it by a line

export const project = (latitude, longitude) => ({
  x: (longitude + 180) / 360,
  y: (1 - Math.asinh(Math.tan((latitude * Math.PI) / 180)) / Math.PI) / 2,
});

/** Pushes discs {x, y, radius} apart until none covers another, or little. */
export function separate(discs, rounds = ROUNDS) {
  for (let round = 0; round < rounds; round += 1) {
    let moved = false;
    for (let one = 0; one < discs.length; one += 1) {
      for (let other = one + 1; other < discs.length; other += 1) moved = push(discs[one], discs[other]) || moved;
    }
    if (!moved) return;
  }
}

function push(one, other) {
  const [dx, dy] = [other.x - one.x, other.y - one.y];
  const distance = Math.hypot(dx, dy);
  const lacking = one.radius + other.radius - distance;
  if (lacking <= 0.5) return false;
  const [ux, uy] = distance ? [dx / distance, dy / distance] : [1, 0];
  const share = other.radius / (one.radius + other.radius); // the larger one moves less
  one.x -= ux * lacking * share;
  one.y -= uy * lacking * share;
  other.x += ux * lacking * (1 - share);
  other.y += uy * lacking * (1 - share);
  return true;
}

export class Geography {
  constructor(page) {
    this.page = page;
    const { x, y } = page.history.actors;
    this.network = { x, y };
    this.layer = null;
  }

  async arrange(place, { quiet = false } = {}) {
    const { page } = this;
    if (page.place === place) return;
    page.place = place;
    for (const button of page.section.querySelectorAll("[data-place]")) button.setAttribute("aria-pressed", String(button.dataset.place === place));
    (await page.parts.motion)?.forget();
    page.section.querySelector("[data-motion]").disabled = place === "map";
    if (place === "map") this.toMap();
    else this.toNetwork();
    if (!quiet) page.rememberPath();
  }

  toNetwork() {
    const { stage, status, words } = this.page;
    stage.places = () => [];
    stage.decorations = stage.decorations.filter((decoration) => decoration !== this.under);
    stage.measure(this.page.history.clearance);
    stage.place(this.network.x, this.network.y);
    this.clearTiles();
    stage.renderer.getCamera().setState(stage.whole());
    status.textContent = words.say("place_network");
  }

  toMap() {
    const { stage, status, words } = this.page;
    const { x, y, discs, lost, clearance } = this.places();
    stage.measure(clearance);
    stage.place(x, y);
    stage.places = () => this.names(discs);
    this.under = (context) => this.ties(context, discs);
    stage.decorations.push(this.under);
    if (this.page.section.dataset.tiles) this.tiles();
    stage.renderer.getCamera().setState({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
    stage.renderer.refresh();
    status.textContent = words.some("place_map", lost);
  }

  /** Where everybody ever told stands on the map, so that nobody moves while time passes. */
  places() {
    const { actors, communes, size, box } = this.page.history;
    const members = new Map();
    const nowhere = [];
    for (let place = 0; place < size; place += 1) {
      const commune = actors.commune[place];
      if (commune < 0 || communes[commune].latitude === null) nowhere.push(place);
      else if (members.has(commune)) members.get(commune).push(place);
      else members.set(commune, [place]);
    }
    const points = [...members.keys()].map((commune) => project(communes[commune].latitude, communes[commune].longitude));
    const room = nowhere.length ? 70 : 0;
    this.fit(points, box, room);
    const area = (box[0] - 2 * EDGE) * (box[1] - 2 * EDGE - room);
    const spread = Math.min(SPREAD, Math.sqrt((FILLED * area) / (Math.PI * Math.max(1, size))));
    const discs = [...members].map(([commune, inside], number) => {
      const at = this.onBox(points[number]);
      return { commune, inside, x: at.x, y: at.y, at, radius: spread * (Math.sqrt(inside.length) + 0.6) };
    });
    separate(discs);
    const [x, y] = [new Float32Array(size), new Float32Array(size)];
    for (const disc of discs) {
      disc.inside.forEach((place, number) => {
        const far = disc.inside.length > 1 ? spread * Math.sqrt(number + 0.5) : 0;
        x[place] = disc.x + far * Math.cos(number * GOLDEN);
        y[place] = disc.y + far * Math.sin(number * GOLDEN);
      });
    }
    const step = Math.min(26, (box[0] - 2 * EDGE) / Math.max(1, nowhere.length));
    nowhere.forEach((place, number) => {
      x[place] = EDGE + (number + 0.5) * step;
      y[place] = box[1] - 22;
    });
    return { x, y, discs, lost: nowhere.length, clearance: 2.4 * spread };
  }

  /** Scales the projection so that all communes lie in the box, with one scale for both ways. */
  fit(points, [width, height], room) {
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const least = 1e-4; // a single commune has no extent
    this.scale = Math.min((width - 2 * EDGE) / Math.max(least, right - left), (height - 2 * EDGE - room) / Math.max(least, bottom - top));
    this.shift = { x: width / 2 - ((left + right) / 2) * this.scale, y: (height - room) / 2 - ((top + bottom) / 2) * this.scale };
  }

  onBox({ x, y }) {
    return { x: x * this.scale + this.shift.x, y: y * this.scale + this.shift.y };
  }

  onScreen({ x, y }) {
    return this.page.stage.renderer.graphToViewport({ x, y: -y });
  }

  /** Each commune's name and how many actors it shows, the fullest first. */
  names(discs) {
    const { stage, history, words } = this.page;
    const shown = discs.map((disc) => ({ disc, count: disc.inside.filter((place) => stage.scene.visible(place)).length }));
    return shown.filter(({ count }) => count).sort((a, b) => b.count - a.count).map(({ disc, count }) => {
      const { x, y } = this.onScreen(disc);
      const reach = Math.abs(this.onScreen({ x: disc.x + disc.radius * 0.8, y: disc.y }).x - x);
      return { id: `commune-${disc.commune}`, x, y, reach, text: `${history.communes[disc.commune].name} · ${words.number.format(count)}`, strong: true, must: true };
    });
  }

  /** A thin line from a commune to its true place, where it had to give way. */
  ties(context, discs) {
    const { stage } = this.page;
    context.strokeStyle = stage.colours.pale;
    context.lineWidth = 0.8;
    for (const disc of discs) {
      if (Math.hypot(disc.x - disc.at.x, disc.y - disc.at.y) <= MOVED) continue;
      const [truth, centre] = [this.onScreen(disc.at), this.onScreen(disc)];
      context.beginPath();
      context.moveTo(truth.x, truth.y);
      context.lineTo(centre.x, centre.y);
      context.stroke();
    }
  }

  /** A plain layer of tiles beneath the picture, where the installation names a server of them. */
  tiles() {
    const { section, stage } = this.page;
    this.layer = document.createElement("div");
    this.layer.className = "network-tiles";
    stage.container.prepend(this.layer);
    this.shown = new Map();
    const credit = section.querySelector("[data-credit]");
    credit.textContent = section.dataset.tilesCredit;
    credit.hidden = !credit.textContent;
    this.draw = () => this.drawTiles();
    stage.renderer.on("afterRender", this.draw);
  }

  clearTiles() {
    if (!this.layer) return;
    this.page.stage.renderer.off("afterRender", this.draw);
    this.layer.remove();
    this.layer = null;
    this.page.section.querySelector("[data-credit]").hidden = true;
  }

  drawTiles() {
    const { renderer } = this.page.stage;
    const { width, height } = renderer.getDimensions();
    const world = (corner) => {
      const { x, y } = renderer.viewportToGraph(corner);
      return { x: (x - this.shift.x) / this.scale, y: (-y - this.shift.y) / this.scale };
    };
    const [from, to] = [world({ x: 0, y: 0 }), world({ x: width, y: height })];
    const zoom = Math.max(0, Math.min(18, Math.round(Math.log2(width / (to.x - from.x) / TILE))));
    const count = 2 ** zoom;
    const size = width / (to.x - from.x) / count;
    const wanted = new Set();
    for (let column = Math.floor(from.x * count); column <= Math.floor(to.x * count); column += 1) {
      for (let row = Math.floor(from.y * count); row <= Math.floor(to.y * count); row += 1) {
        if (column < 0 || row < 0 || column >= count || row >= count) continue;
        const key = `${zoom}/${column}/${row}`;
        wanted.add(key);
        const tile = this.tile(key, zoom, column, row);
        tile.style.transform = `translate(${(column / count - from.x) * count * size}px, ${(row / count - from.y) * count * size}px)`;
        tile.style.width = tile.style.height = `${Math.ceil(size)}px`;
      }
    }
    for (const [key, tile] of this.shown) {
      if (wanted.has(key)) continue;
      tile.remove();
      this.shown.delete(key);
    }
  }

  tile(key, zoom, column, row) {
    if (!this.shown.has(key)) {
      const image = document.createElement("img");
      image.alt = "";
      image.src = this.page.section.dataset.tiles.replace("{z}", zoom).replace("{x}", column).replace("{y}", row);
      this.layer.append(image);
      this.shown.set(key, image);
    }
    return this.shown.get(key);
  }
}
