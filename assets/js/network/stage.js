import Graph from "graphology";
import Sigma from "sigma";
import { Labels } from "./labels.js";
import { ShapeProgram } from "./shapes.js";
import { FAMILIES, palette, REACH } from "./style.js";

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
  const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
  return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
}

function graphOf({ nodes, edges, clearance }) {
  const graph = new Graph({ type: "undirected" });
  const most = Math.max(2, ...nodes.map((node) => node.degree));
  const least = Math.min(RADIUS, clearance * CROWDED);
  for (const { id, x, y, family, label, name, degree } of nodes) {
    const grown = degree ? 1 + GROWTH * Math.sqrt((degree - 1) / (most - 1)) : LONE;
    graph.addNode(id, { x, y: -y, family, shape: FAMILIES[family].shape, label, name, degree, radius: least * grown, type: "shape" });
  }
  const fine = 1.5 * Math.min(1, Math.sqrt(MANY / Math.max(1, edges.length)));
  for (const [first, second, ties] of edges) {
    graph.addEdge(nodes[first].id, nodes[second].id, { width: Math.min(3.5, fine * Math.sqrt(ties)) });
  }
  return graph;
}

/** The picture: draws the network, knows who is looked at, who is pointed at, and which families are switched off. */
export class Stage {
  hidden = new Set();
  focus = null;
  pointed = null;
  covered = 0; // pixels at the right that the card covers

  constructor(container, data) {
    this.container = container;
    this.graph = graphOf(data);
    this.colours = palette();
    this.labels = new Labels(getComputedStyle(container).fontFamily);
    const ranked = this.graph.nodes().sort((a, b) => this.graph.getNodeAttribute(b, "degree") - this.graph.getNodeAttribute(a, "degree"));
    this.ranked = ranked;
    this.hubs = new Set(ranked.slice(0, HUBS).filter((id) => this.graph.getNodeAttribute(id, "degree") >= HUB_DEGREE));
    this.box = data.box;
    this.renderer = new Sigma(this.graph, container, {
      nodeProgramClasses: { shape: ShapeProgram },
      nodeReducer: (id, node) => this.look(id, node),
      edgeReducer: (id, edge) => this.thread(id, edge),
      defaultDrawNodeHover: () => {},
      renderLabels: false,
      zIndex: true,
      stagePadding: PADDING,
      minCameraRatio: 0.08,
      maxCameraRatio: 1.6,
      enableCameraRotation: false,
      allowInvalidContainer: true,
      minEdgeThickness: 0.6,
    });
    this.renderer.setCustomBBox({ x: [0, data.box[0]], y: [-data.box[1], 0] });
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

  /** Pixels of the screen for one unit of the layout when the whole picture is seen, so that shapes keep their proportion. */
  get scale() {
    const { width, height } = this.renderer?.getDimensions() ?? { width: this.box[0], height: this.box[1] };
    return Math.min((width - 2 * PADDING) / this.box[0], (height - 2 * PADDING) / this.box[1]);
  }

  /** Who is in the light: the one looked at (or pointed at) and its neighbours; null for everybody. */
  get lit() {
    const middle = this.pointed ?? this.focus;
    if (!middle) return null;
    return new Set([middle, ...this.graph.neighbors(middle)]);
  }

  update() {
    this.light = this.lit;
    this.renderer.refresh();
  }

  look(id, node) {
    const fill = this.colours.fills[node.family];
    const faded = this.light && !this.light.has(id);
    const shade = faded ? "faded" : node.degree || this.light ? "plain" : "lone";
    const size = Math.max(LEAST, node.radius * Math.max(0.5, Math.min(1.25, this.scale)));
    return {
      ...node,
      size: id === (this.pointed ?? this.focus) ? size * 1.25 : size,
      color: fill[shade],
      outline: this.colours.outline[shade],
      zIndex: faded ? 0 : 1,
      hidden: this.hidden.has(node.family),
    };
  }

  thread(id, edge) {
    const middle = this.pointed ?? this.focus;
    const near = middle && this.graph.extremities(id).includes(middle);
    if (near) return { ...edge, size: edge.width * 1.5, color: this.colours.primary, zIndex: 1 };
    return { ...edge, size: edge.width, color: this.colours.thread[middle ? "faded" : "plain"], zIndex: 0 };
  }

  /** Writes the labels over the shapes just drawn. */
  write() {
    const { width, height } = this.renderer.getDimensions();
    const obstacles = [];
    const spots = [];
    const middle = this.pointed ?? this.focus;
    for (const id of middle ? [middle, ...this.ranked] : this.ranked) {
      const node = this.renderer.getNodeDisplayData(id);
      if (node.hidden || (this.light && !this.light.has(id)) || (id === middle && spots.length)) continue;
      const { x, y } = this.renderer.framedGraphToViewport(node);
      const reach = this.renderer.scaleSize(node.size) * (node.shape === "circle" ? 1 : REACH * 0.85);
      if (x < -reach || y < -reach || x > width + reach || y > height + reach) continue;
      obstacles.push({ id, x, y, reach, minor: !this.hubs.has(id) });
      const strong = id === middle || (!middle && this.hubs.has(id));
      spots.push({ id, x, y, reach, text: node.label, strong, must: strong, pale: !node.degree });
    }
    const { ink, pale, ground } = this.colours;
    const room = { width: width - this.covered, height };
    this.labels.draw(this.renderer.getCanvases().labels.getContext("2d"), spots, obstacles, { ...room, ink, pale, ground });
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

  has(id) {
    return this.graph.hasNode(id);
  }

  /** Puts one node in the light, or nobody. */
  choose(id) {
    this.focus = id;
    this.pointed = null;
    this.update();
  }

  point(id) {
    this.pointed = id;
    this.update();
  }

  /** Switches a family on or off. */
  toggle(family, shown) {
    if (shown) this.hidden.delete(family);
    else this.hidden.add(family);
    if (this.focus && this.hidden.has(this.graph.getNodeAttribute(this.focus, "family"))) this.focus = null;
    this.update();
  }

  /** Moves so that whoever is in the light stands in what the card leaves free. */
  frame() {
    const { covered } = this;
    const whole = { cameraState: { x: 0.5, y: 0.5, ratio: 1, angle: 0 } };
    const { width, height } = this.renderer.getDimensions();
    const places = [...this.light].map((id) => this.renderer.framedGraphToViewport(this.renderer.getNodeDisplayData(id), whole));
    const [left, right, top, bottom] = extent(places);
    const wanted = Math.max((right - left) / ((width - covered) * (1 - 2.6 * MARGIN)), (bottom - top) / (height - 2 * PADDING));
    const ratio = Math.min(1, Math.max(CLOSE, wanted));
    const middle = { x: (left + right) / 2 + (covered / 2) * ratio, y: (top + bottom) / 2 };
    const { x, y } = this.renderer.viewportToFramedGraph(middle, whole);
    return this.renderer.getCamera().animate({ x, y, ratio }, glide());
  }

  /** The state of the camera that shows all there is: everything, or closer where a filter leaves only a corner. */
  whole() {
    const places = this.graph.nodes().map((id) => this.renderer.getNodeDisplayData(id));
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
