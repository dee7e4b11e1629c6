import Graph from "graphology";
import Sigma from "sigma";
import { Labels } from "./labels.js";
import { CAME, HIDDEN, LEFT, Scene, THERE } from "./scene.js";
import { ShapeProgram } from "./shapes.js";
import { FAMILIES, palette, REACH, THREADS } from "./style.js";

const RADIUS = 5;
const GROWTH = 1.9;
const CROWDED = 0.22;
const LONE = 0.8;
const LEAST = 2;
const HUBS = 8;
const HUB_DEGREE = 4;
const CLOSE = 0.4;
const PADDING = 34;
const MARGIN = 0.11; // share of the width kept free for labels at each side, a little more at the right
const MANY = 400; // threads; beyond so many, all become finer
const THINNEST = 0.55;
const CROWD = 1200; // ties; from so many on they are hairlines, and only those in the light are drawn with their dashes
const GAP = 3.4; // pixels between two ties of one pair, fewer where they are many
const WIDEST = 15; // pixels that the ties of one pair take together
const PARTLY = 0.3; // share of the picture that may change without drawing all of it anew
const WHOLE = [0, 0, 0, 0];
const LOST = [2, 3, 0, 0];
const MOST_SPOTS = 400; // actors whose label may find room

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const glide = () => ({ duration: calm.matches ? 0 : 450 });

/** Says whether this browser can draw on WebGL. */
export function canDraw() {
  const probe = document.createElement("canvas");
  const context = probe.getContext("webgl2") ?? probe.getContext("webgl");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

function extent(places) {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of places) {
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < low) low = y;
    if (y > high) high = y;
  }
  return [left, right, low, high];
}

function graphOf(history) {
  const graph = new Graph();
  const { actors } = history;
  for (let place = 0; place < history.size; place += 1) {
    graph.addNode(place, { x: actors.x[place], y: -actors.y[place], type: "shape", place });
  }
  return graph;
}

/** The picture: draws what the scene shows, and knows who is in the light. Actors and ties are numbers, their places in the history.
    Sigma draws the actors and moves the camera. Ties are drawn on a plain canvas beneath them: without a graphics card that is ten
    times faster than by WebGL, and each kind can have its dashes. */
export class Stage {
  chosen = null; // the actor looked at
  pointed = null; // the one under the pointer
  marked = null; // who is in the light besides: of a path, a theme, a view
  trail = new Set(); // ties of a path
  view = null; // what colours and ranks the actors, or null for their families
  covered = 0; // pixels at the right that the card covers
  decorations = []; // drawn under the ties: hulls
  places = () => []; // spots whose names come before those of actors: communes

  constructor(container, history, wish) {
    this.container = container;
    this.history = history;
    this.wish = wish;
    this.scene = new Scene(history);
    this.scene.compute(wish);
    this.graph = graphOf(history);
    this.colours = palette();
    this.labels = new Labels(getComputedStyle(container).fontFamily);
    this.box = history.box;
    this.radii = new Float32Array(history.size);
    this.x = history.actors.x;
    this.y = history.actors.y;
    this.measure(history.clearance);
    this.rank();
    // Sigma prepares a picture as soon as it is made, and again for every setting: it gets the actors once all is set.
    this.renderer = new Sigma(new Graph(), container, {
      nodeProgramClasses: { shape: ShapeProgram },
      defaultNodeType: "shape",
      nodeReducer: (id, { x, y, place }) => this.look(x, y, place),
      defaultDrawNodeHover: () => {},
      renderLabels: false,
      zIndex: true,
      stagePadding: PADDING,
      minCameraRatio: 0.04,
      maxCameraRatio: 1.6,
      enableCameraRotation: false,
      allowInvalidContainer: true,
    });
    this.renderer.getNodeAtPosition = (position) => this.at(position);
    this.renderer.setCustomBBox({ x: [0, this.box[0]], y: [-this.box[1], 0] });
    this.ground = this.renderer.createCanvas("ground", { beforeLayer: "edges" }).getContext("2d");
    this.renderer.on("afterRender", () => this.write());
    this.renderer.setGraph(this.graph);
    new ResizeObserver(() => this.renderer.scheduleRefresh()).observe(container);
    document.addEventListener("theme:changed", () => this.recolour());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolour());
    document.fonts.ready.then(() => {
      this.labels.shapes.clear();
      this.renderer.scheduleRender();
    });
    this.renderer.getCamera().setState(this.whole());
  }

  /** Sizes for a layout whose two nearest actors stand so far apart. */
  measure(clearance) {
    this.least = Math.min(RADIUS, Math.max(1.6, clearance * CROWDED));
  }

  /** Pixels of the screen for one unit of the layout when the whole picture is seen, so that shapes keep their proportion. */
  get scale() {
    const { width, height } = this.renderer?.getDimensions() ?? { width: this.box[0], height: this.box[1] };
    return Math.min((width - 2 * PADDING) / this.box[0], (height - 2 * PADDING) / this.box[1]);
  }

  get middle() {
    return this.pointed ?? this.chosen;
  }

  /** Who is in the light; null for everybody. */
  lit() {
    if (this.pointed !== null) return new Set([this.pointed, ...this.scene.neighbours(this.pointed)]);
    if (this.marked) return this.marked;
    if (this.chosen === null || this.wish.steps) return null;
    return new Set([this.chosen, ...this.scene.neighbours(this.chosen)]);
  }

  /** The order in which labels find room: the best tied first; a view may have its own. */
  rank() {
    const { degree } = this.scene;
    const order = this.view?.rank ?? ((place) => degree[place]);
    this.ranked = Array.from(degree.keys()).filter((place) => this.scene.actors[place]);
    this.ranked.sort((a, b) => order(b) - order(a) || a - b);
    this.hubs = new Set(this.ranked.slice(0, HUBS).filter((place) => this.view?.rank || degree[place] >= HUB_DEGREE));
    const ties = this.scene.ties.reduce((sum, state) => sum + (state ? 1 : 0), 0);
    this.fine = Math.max(THINNEST / 1.2, Math.min(1, Math.sqrt(MANY / Math.max(1, ties))));
    this.crowded = ties > CROWD;
  }

  /** Draws everything anew: who is in the light, colours, families. */
  update() {
    this.light = this.lit();
    this.renderer.refresh();
  }

  /** Draws what changed since the scene was drawn: the move of the slider. */
  step() {
    const { scene } = this;
    const [actors, degree] = [scene.actors.slice(), scene.degree.slice()];
    scene.compute(this.wish);
    this.rank();
    const nodes = [];
    for (let place = 0; place < actors.length; place += 1) {
      if (actors[place] !== scene.actors[place] || degree[place] !== scene.degree[place]) nodes.push(place);
    }
    if (nodes.length > PARTLY * actors.length || this.light || this.lit()) return this.update();
    this.renderer.refresh({ partialGraph: { nodes }, skipIndexation: true });
  }

  look(x, y, place) {
    const state = this.scene.actors[place];
    this.radii[place] = 0;
    if (state === HIDDEN) return { x, y, hidden: true, size: 0, type: "shape", zIndex: 0 };
    const { family } = this.history.kinds[this.history.actors.kind[place]];
    const degree = this.scene.degree[place];
    const faded = this.light && !this.light.has(place);
    const shade = faded ? "faded" : degree || this.light || state === LEFT ? "plain" : "lone";
    const share = this.view?.size ? this.view.size(place) : Math.sqrt(Math.max(0, degree - 1) / (this.scene.most - 1));
    const grown = degree || this.view?.size ? 1 + GROWTH * share : LONE;
    const size = Math.max(LEAST, this.least * grown * Math.max(0.5, Math.min(1.25, this.scale)));
    this.radii[place] = place === this.middle ? size * 1.25 : size;
    const fills = this.view?.fill?.(place, this.colours) ?? this.colours.fills[family];
    return {
      x,
      y,
      type: "shape",
      shape: FAMILIES[family].shape,
      size: this.radii[place],
      color: state === LEFT ? this.colours.ground : fills[shade],
      outline: state === LEFT ? this.colours.left : state === CAME ? this.colours.came : this.colours.outline[shade],
      zIndex: faded ? 0 : 1,
    };
  }

  dimmed(tie) {
    const { source, target } = this.history.ties;
    if (this.light) return !(this.light.has(source[tie]) && this.light.has(target[tie]));
    return this.middle !== null && !this.wish.steps;
  }

  near(tie) {
    const { source, target } = this.history.ties;
    const { middle } = this;
    return this.trail.has(tie) || (middle !== null && !(this.pointed === null && this.marked) && (source[tie] === middle || target[tie] === middle));
  }

  /** Width, dashes and colour of a tie. */
  stroke(tie) {
    const { scene, history, colours } = this;
    const state = scene.ties[tie];
    const [width, ...dash] = THREADS[history.relations[history.ties.relation[tie]].group];
    const near = this.near(tie);
    const look = { aside: this.aside(tie), dash };
    if (state === LEFT) return { ...look, size: 1.8, dash: LOST, color: colours.left };
    if (state === CAME) return { ...look, size: 2.6, dash: WHOLE, color: colours.came };
    const size = Math.max(THINNEST, width * this.fine);
    if (near) return { ...look, size: size * (this.trail.has(tie) ? 2.2 : 1.5), color: colours.primary };
    return { ...look, size, color: colours.thread[this.dimmed(tie) ? "faded" : "plain"] };
  }

  /** Draws the ties: first those of everybody, in a crowd as hairlines; over them those that changed or are looked at. */
  drawTies(context, projection, width, height) {
    const { scene, crowded } = this;
    const above = [];
    const hair = this.colours.hair;
    if (crowded) {
      context.setLineDash([]);
      context.lineWidth = 1;
      context.strokeStyle = hair;
    }
    for (let tie = 0; tie < scene.ties.length; tie += 1) {
      const state = scene.ties[tie];
      if (state === HIDDEN) continue;
      if (state !== THERE || this.near(tie)) above.push(tie);
      else if (!crowded) this.drawTie(context, tie, projection);
      else if (!this.dimmed(tie)) this.drawHair(context, tie, projection, width, height);
    }
    for (const tie of above) this.drawTie(context, tie, projection);
    context.setLineDash([]);
  }

  drawHair(context, tie, { x, y, ax, dy }, width, height) {
    const { source, target } = this.history.ties;
    const [x1, y1] = [x + ax * this.x[source[tie]], y + dy * this.y[source[tie]]];
    const [x2, y2] = [x + ax * this.x[target[tie]], y + dy * this.y[target[tie]]];
    if ((x1 < 0 && x2 < 0) || (y1 < 0 && y2 < 0) || (x1 > width && x2 > width) || (y1 > height && y2 > height)) return;
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  }

  drawTie(context, tie, projection) {
    const line = this.line(tie, projection);
    context.beginPath();
    context.moveTo(line.x1, line.y1);
    context.lineTo(line.x2, line.y2);
    context.setLineDash(line.dash);
    context.strokeStyle = line.colour;
    context.lineWidth = line.width;
    context.stroke();
  }

  /** A tie as a line on the screen: beside its parallels, as wide as the camera is near. */
  line(tie, projection = this.projection()) {
    const { source, target } = this.history.ties;
    const { x, y, ax, dy, grow } = projection;
    const [x1, y1] = [x + ax * this.x[source[tie]], y + dy * this.y[source[tie]]];
    const [x2, y2] = [x + ax * this.x[target[tie]], y + dy * this.y[target[tie]]];
    const { size, aside, dash, color } = this.stroke(tie);
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    const [mx, my] = [((y2 - y1) / length) * aside * grow, (-(x2 - x1) / length) * aside * grow];
    return { x1: x1 + mx, y1: y1 + my, x2: x2 + mx, y2: y2 + my, width: size * grow, dash: dash[1] ? dash.filter(Boolean) : [], colour: color };
  }

  /** Pixels between a tie and the straight line of its pair. */
  aside(tie) {
    return this.scene.offset[tie] * Math.min(GAP, WIDEST / this.scene.bundle[tie]);
  }

  /** How places of the picture become pixels of the screen, at this moment. */
  projection() {
    const { renderer } = this;
    const [origin, across, down] = [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 0, y: -1 }].map((point) => renderer.graphToViewport(point));
    return { x: origin.x, y: origin.y, ax: across.x - origin.x, dy: down.y - origin.y, grow: renderer.scaleSize(1) };
  }

  /** Where an actor stands on the screen, and how far its shape reaches; null out of sight. */
  spot(place, { x, y, ax, dy, grow } = this.projection()) {
    if (!this.radii[place]) return null;
    const circle = FAMILIES[this.history.family(place)].shape === "circle";
    return { x: x + ax * this.x[place], y: y + dy * this.y[place], reach: this.radii[place] * grow * (circle ? 1 : REACH * 0.85) };
  }

  /** Who is under the pointer: the one whose middle is nearest, as a name that sigma knows; null for nobody. */
  at(point) {
    const projection = this.projection();
    let found = null;
    let least = Infinity;
    for (const place of this.ranked) {
      if (!this.radii[place]) continue;
      const away = Math.hypot(projection.x + projection.ax * this.x[place] - point.x, projection.y + projection.dy * this.y[place] - point.y);
      if (away < least && away < this.radii[place] * projection.grow * 1.2 + 3) [found, least] = [place, away];
    }
    return found === null ? null : String(found);
  }

  /** Writes marks and labels over the shapes just drawn, and what lies under the ties. */
  write() {
    const { width, height } = this.renderer.getDimensions();
    const projection = this.projection();
    const obstacles = [];
    const spots = [];
    const marks = [];
    const middle = this.middle;
    for (const place of middle === null ? this.ranked : [middle, ...this.ranked]) {
      const state = this.scene.actors[place];
      if (!state || (this.light && !this.light.has(place)) || (place === middle && spots.length)) continue;
      const spot = this.spot(place, projection);
      if (!spot) continue;
      const { x, y, reach } = spot;
      if (x < -reach || y < -reach || x > width + reach || y > height + reach) continue;
      const changed = state === CAME || state === LEFT;
      if (changed) marks.push({ x, y, reach, state });
      obstacles.push({ id: place, x, y, reach: reach + (changed ? 6 : 0), minor: !this.hubs.has(place) });
      if (spots.length > MOST_SPOTS && !changed) continue;
      const strong = place === middle || changed || (middle === null && this.hubs.has(place)) || this.marked?.has(place);
      const text = this.view?.label?.(place) ?? this.history.actors.label[place];
      spots.push({ id: place, x, y, reach: reach + (changed ? 4 : 0), text, strong, must: strong && spots.length < 60, pale: !this.scene.degree[place] });
    }
    // Who has just come or gone is named before anybody else.
    spots.sort((a, b) => Number(this.scene.actors[b.id] > 1) - Number(this.scene.actors[a.id] > 1));
    this.drawGround(projection, width, height);
    const { ink, pale, ground } = this.colours;
    const room = { width: width - this.covered, height };
    const context = this.renderer.getCanvases().labels.getContext("2d");
    this.written = this.labels.draw(context, [...this.places(), ...spots], obstacles, { ...room, ink, pale, ground });
    this.drawMarks(context, marks);
    this.marks = marks;
  }

  /** A plus beside who came, a minus beside who left: never by colour alone. */
  drawMarks(context, marks) {
    for (const { x, y, reach, state } of marks) {
      const [at, to] = [x + reach * 0.8, y - reach * 0.8];
      context.beginPath();
      context.arc(at, to, 5.5, 0, 2 * Math.PI);
      context.fillStyle = state === CAME ? this.colours.came : this.colours.left;
      context.fill();
      context.strokeStyle = this.colours.ground;
      context.lineWidth = 1.6;
      context.stroke();
      context.beginPath();
      context.moveTo(at - 3, to);
      context.lineTo(at + 3, to);
      if (state === CAME) {
        context.moveTo(at, to - 3);
        context.lineTo(at, to + 3);
      }
      context.stroke();
    }
  }

  /** What lies under the actors: hulls of a view, then the ties. */
  drawGround(projection, width, height) {
    const { canvas } = this.ground;
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    this.ground.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.ground.clearRect(0, 0, width, height);
    for (const decoration of this.decorations) decoration(this.ground);
    this.drawTies(this.ground, projection, width, height);
  }

  recolour() {
    this.colours = palette();
    this.renderer.refresh();
  }

  /** Keeps labels out of so many pixels at the right, where the card lies. */
  cover(pixels) {
    this.covered = pixels;
    this.renderer.scheduleRender();
  }

  /** Puts one actor in the light, or nobody. */
  choose(place) {
    this.chosen = place;
    this.pointed = null;
    this.update();
  }

  point(place) {
    this.pointed = place;
    this.update();
  }

  /** Puts these actors in the light, with the ties of a path among them; null for everybody. */
  mark(places, trail = []) {
    this.marked = places ? new Set(places) : null;
    this.trail = new Set(trail);
    this.update();
  }

  /** Computes and draws all of it anew. */
  redraw() {
    this.scene.compute(this.wish);
    this.rank();
    this.update();
  }

  /** Moves the actors to these places, a pair of numbers each, y downwards. */
  place(x, y) {
    this.x = x;
    this.y = y;
    this.graph.updateEachNodeAttributes((id, attributes) => ({ ...attributes, x: x[attributes.place], y: -y[attributes.place] }), { attributes: ["x", "y"] });
  }

  /** Moves so that whoever is in the light stands in what the card leaves free. */
  frame(places = this.light ?? this.ranked) {
    const { covered } = this;
    const whole = { cameraState: { x: 0.5, y: 0.5, ratio: 1, angle: 0 } };
    const { width, height } = this.renderer.getDimensions();
    const shown = [...places].map((place) => this.renderer.getNodeDisplayData(place)).filter((node) => node && !node.hidden);
    if (!shown.length) return null;
    const [left, right, top, bottom] = extent(shown.map((node) => this.renderer.framedGraphToViewport(node, whole)));
    const wanted = Math.max((right - left) / ((width - covered) * (1 - 2.6 * MARGIN)), (bottom - top) / (height - 2 * PADDING));
    const ratio = Math.min(1, Math.max(CLOSE, wanted));
    const middle = { x: (left + right) / 2 + (covered / 2) * ratio, y: (top + bottom) / 2 };
    const { x, y } = this.renderer.viewportToFramedGraph(middle, whole);
    return this.renderer.getCamera().animate({ x, y, ratio }, glide());
  }

  /** The state of the camera that shows all there is: everything, or closer where a filter leaves only a corner. */
  whole() {
    const places = this.ranked.map((place) => this.renderer.getNodeDisplayData(place));
    if (!places.length) return { x: 0.5, y: 0.5, ratio: 1, angle: 0 };
    const [left, right, low, high] = extent(places);
    const share = Math.max(right - left, (high - low) * (this.box[0] / this.box[1]));
    if (share > 0.75) return { x: 0.5, y: 0.5, ratio: 1, angle: 0 };
    return { x: (left + right) / 2, y: (low + high) / 2, ratio: Math.max(CLOSE, share * 1.25), angle: 0 };
  }

  zoom(way) {
    const camera = this.renderer.getCamera();
    if (way === "in") return camera.animatedZoom({ ...glide(), factor: 1.5 });
    if (way === "out") return camera.animatedUnzoom({ ...glide(), factor: 1.5 });
    return camera.animate(this.whole(), glide());
  }
}
