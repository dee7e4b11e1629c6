import Graph from "graphology";
import Sigma from "sigma";
import { Labels } from "./labels.js";
import { CAME, HIDDEN, LEFT, Scene } from "./scene.js";
import { ShapeProgram } from "./shapes.js";
import { FAMILIES, palette, REACH, THREADS } from "./style.js";
import { ThreadProgram } from "./threads.js";

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
const GAP = 3.4; // pixels between two ties of one pair, fewer where they are many
const WIDEST = 15; // pixels that the ties of one pair take together
const PARTLY = 0.3; // share of the picture that may change without drawing all of it anew
const WHOLE = [0, 0, 0, 0];
const LOST = [2, 3, 0, 0];

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
  const graph = new Graph({ type: "directed", multi: true, allowSelfLoops: false });
  const { actors, ties } = history;
  for (let place = 0; place < history.size; place += 1) {
    graph.addNode(place, { x: actors.x[place], y: -actors.y[place], type: "shape", place });
  }
  for (let tie = 0; tie < history.number; tie += 1) {
    graph.addDirectedEdgeWithKey(tie, ties.source[tie], ties.target[tie], { type: "thread", tie });
  }
  return graph;
}

/** The picture: draws what the scene shows, and knows who is in the light. Actors and ties are numbers, their places in the history. */
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
    this.measure(history.clearance);
    this.rank();
    this.renderer = new Sigma(this.graph, container, {
      nodeProgramClasses: { shape: ShapeProgram },
      edgeProgramClasses: { thread: ThreadProgram },
      defaultNodeType: "shape",
      defaultEdgeType: "thread",
      nodeReducer: (id, { x, y, place }) => this.look(x, y, place),
      edgeReducer: (id, { tie }) => this.thread(tie),
      defaultDrawNodeHover: () => {},
      renderLabels: false,
      zIndex: true,
      stagePadding: PADDING,
      minCameraRatio: 0.04,
      maxCameraRatio: 1.6,
      enableCameraRotation: false,
      allowInvalidContainer: true,
      minEdgeThickness: 0,
    });
    this.renderer.setCustomBBox({ x: [0, this.box[0]], y: [-this.box[1], 0] });
    this.ground = this.renderer.createCanvas("ground", { beforeLayer: "edges" }).getContext("2d");
    this.renderer.refresh();
    this.renderer.on("afterRender", () => this.write());
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
  }

  /** Draws everything anew: who is in the light, colours, families. */
  update() {
    this.light = this.lit();
    this.renderer.refresh();
  }

  /** Draws what changed since the scene was drawn: the move of the slider. */
  step() {
    const { scene, fine } = this;
    const [actors, ties, degree] = [scene.actors.slice(), scene.ties.slice(), scene.degree.slice()];
    const [offset, bundle] = [scene.offset.slice(), scene.bundle.slice()];
    scene.compute(this.wish);
    this.rank();
    const nodes = [];
    for (let place = 0; place < actors.length; place += 1) {
      if (actors[place] !== scene.actors[place] || degree[place] !== scene.degree[place]) nodes.push(place);
    }
    const edges = [];
    for (let tie = 0; tie < ties.length; tie += 1) {
      const moved = scene.ties[tie] && (offset[tie] !== scene.offset[tie] || bundle[tie] !== scene.bundle[tie]);
      if (ties[tie] !== scene.ties[tie] || moved) edges.push(tie);
    }
    const much = nodes.length + edges.length > PARTLY * (actors.length + ties.length);
    if (much || this.light || this.lit() || Math.abs(fine - this.fine) > 0.08) return this.update();
    this.fine = fine;
    this.renderer.refresh({ partialGraph: { nodes, edges }, skipIndexation: true });
  }

  look(x, y, place) {
    const state = this.scene.actors[place];
    if (state === HIDDEN) return { x, y, hidden: true, size: 0, type: "shape", zIndex: 0 };
    const { family } = this.history.kinds[this.history.actors.kind[place]];
    const degree = this.scene.degree[place];
    const faded = this.light && !this.light.has(place);
    const shade = faded ? "faded" : degree || this.light || state === LEFT ? "plain" : "lone";
    const share = this.view?.size ? this.view.size(place) : Math.sqrt(Math.max(0, degree - 1) / (this.scene.most - 1));
    const grown = degree || this.view?.size ? 1 + GROWTH * share : LONE;
    const size = Math.max(LEAST, this.least * grown * Math.max(0.5, Math.min(1.25, this.scale)));
    const fills = this.view?.fill?.(place, this.colours) ?? this.colours.fills[family];
    return {
      x,
      y,
      type: "shape",
      shape: FAMILIES[family].shape,
      size: place === this.middle ? size * 1.25 : size,
      color: state === LEFT ? this.colours.ground : fills[shade],
      outline: state === LEFT ? this.colours.left : state === CAME ? this.colours.came : this.colours.outline[shade],
      zIndex: faded ? 0 : 1,
    };
  }

  thread(tie) {
    const { scene, history, colours } = this;
    const state = scene.ties[tie];
    if (state === HIDDEN) return { hidden: true, size: 0, type: "thread", zIndex: 0 };
    const { source, target, relation } = history.ties;
    const [width, ...dash] = THREADS[history.relations[relation[tie]].group];
    const middle = this.middle;
    const onTrail = this.trail.has(tie);
    const near = onTrail || (middle !== null && (source[tie] === middle || target[tie] === middle));
    const lit = !this.light || (this.light.has(source[tie]) && this.light.has(target[tie]));
    const look = { type: "thread", aside: this.aside(tie), zIndex: near ? 2 : state > 1 ? 1 : 0 };
    if (state === LEFT) return { ...look, size: 1.8, dash: LOST, color: colours.left };
    if (state === CAME) return { ...look, size: 2.6, dash: WHOLE, color: colours.came };
    const size = Math.max(THINNEST, width * this.fine);
    if (onTrail) return { ...look, size: size * 2.2, dash, color: colours.primary };
    if (near && this.pointed === null && this.marked) return { ...look, size, dash, color: colours.thread[lit ? "plain" : "faded"] };
    if (near) return { ...look, size: size * 1.5, dash, color: colours.primary };
    return { ...look, size, dash, color: colours.thread[(this.light || middle !== null) && !(this.wish.steps && !this.light) ? "faded" : "plain"] };
  }

  /** Pixels between a tie and the straight line of its pair. */
  aside(tie) {
    return this.scene.offset[tie] * Math.min(GAP, WIDEST / this.scene.bundle[tie]);
  }

  /** Where an actor stands on the screen: null out of sight. */
  spot(place) {
    const node = this.renderer.getNodeDisplayData(place);
    if (!node || node.hidden) return null;
    const { x, y } = this.renderer.framedGraphToViewport(node);
    const reach = this.renderer.scaleSize(node.size) * (node.shape === "circle" ? 1 : REACH * 0.85);
    return { x, y, reach };
  }

  /** Writes marks and labels over the shapes just drawn, and what lies under the ties. */
  write() {
    const { width, height } = this.renderer.getDimensions();
    const obstacles = [];
    const spots = [];
    const marks = [];
    const middle = this.middle;
    for (const place of middle === null ? this.ranked : [middle, ...this.ranked]) {
      const state = this.scene.actors[place];
      if (!state || (this.light && !this.light.has(place)) || (place === middle && spots.length)) continue;
      const { x, y, reach } = this.spot(place) ?? { reach: -1 };
      if (reach < 0 || x < -reach || y < -reach || x > width + reach || y > height + reach) continue;
      const changed = state === CAME || state === LEFT;
      if (changed) marks.push({ x, y, reach, state });
      obstacles.push({ id: place, x, y, reach: reach + (changed ? 6 : 0), minor: !this.hubs.has(place) });
      const strong = place === middle || changed || (middle === null && this.hubs.has(place)) || this.marked?.has(place);
      const text = this.view?.label?.(place) ?? this.history.actors.label[place];
      spots.push({ id: place, x, y, reach: reach + (changed ? 4 : 0), text, strong, must: strong && spots.length < 60, pale: !this.scene.degree[place] });
    }
    // Who has just come or gone is named before anybody else.
    spots.sort((a, b) => Number(this.scene.actors[b.id] > 1) - Number(this.scene.actors[a.id] > 1));
    this.decorate(width, height);
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

  decorate(width, height) {
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
    for (const decoration of this.decorations) decoration(this.ground, width, height);
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
