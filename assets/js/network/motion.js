// Lets the actors find their places before one's eyes: ForceAtlas2, in a worker of ours.

const PER_NODE = 10; // numbers that the layout keeps of a node, as graphology-layout-forceatlas2 lays them out
const PER_EDGE = 3;
const [X, Y, MASS, CONVERGENCE, SIZE] = [0, 1, 6, 7, 8];
const LONGEST = 60_000; // milliseconds after which it stops by itself
const UNIT = 12; // units of the picture in one of the layout: its forces are made for small numbers

export class Motion {
  running = false;
  worker = null;

  constructor(page) {
    this.page = page;
    this.button = page.section.querySelector("[data-motion]");
    this.return = page.section.querySelector("[data-motion-back]");
  }

  toggle() {
    if (this.running) this.stop();
    else this.start();
  }

  /** Nodes and edges that are shown, as the columns that the layout works on. */
  columns() {
    const { scene, box, x, y } = this.page.stage;
    this.places = Array.from(scene.actors.keys()).filter((place) => scene.visible(place) && scene.degree[place] > 0);
    const index = new Map(this.places.map((place, number) => [place, number * PER_NODE]));
    const nodes = new Float32Array(this.places.length * PER_NODE);
    this.places.forEach((place, number) => {
      const start = number * PER_NODE;
      nodes[start + X] = (x[place] - box[0] / 2) / UNIT;
      nodes[start + Y] = (y[place] - box[1] / 2) / UNIT;
      nodes[start + MASS] = 1 + scene.degree[place];
      nodes[start + CONVERGENCE] = 1;
      nodes[start + SIZE] = 1;
    });
    const pairs = new Map();
    const { source, target } = this.page.history.ties;
    for (let tie = 0; tie < scene.ties.length; tie += 1) {
      if (!scene.ties[tie] || !index.has(source[tie]) || !index.has(target[tie])) continue;
      pairs.set(scene.pair[tie], [index.get(source[tie]), index.get(target[tie]), (pairs.get(scene.pair[tie])?.[2] ?? 0) + 1]);
    }
    const edges = new Float32Array(pairs.size * PER_EDGE);
    let at = 0;
    for (const [one, other, weight] of pairs.values()) {
      edges.set([one, other, Math.sqrt(weight)], at);
      at += PER_EDGE;
    }
    return { nodes, edges };
  }

  start() {
    const { page } = this;
    const { nodes, edges } = this.columns();
    if (!this.worker) {
      this.worker = new Worker(page.section.dataset.worker);
      this.worker.addEventListener("message", ({ data }) => this.move(data));
      this.worker.addEventListener("error", (event) => {
        console.warn(event.message);
        this.stop("motion_failed");
        this.worker = null;
      });
    }
    this.first ??= this.now();
    const settings = {
      linLogMode: false, outboundAttractionDistribution: false, adjustSizes: false, edgeWeightInfluence: 1, scalingRatio: 12,
      strongGravityMode: false, gravity: 0.6, slowDown: 1 + Math.log(nodes.length / PER_NODE + 1), barnesHutTheta: 0.6,
    };
    this.worker.postMessage({ nodes, edges, settings, running: true });
    this.state(true, "motion_on");
    this.end = setTimeout(() => this.stop(), LONGEST);
  }

  stop(word = "motion_off") {
    clearTimeout(this.end);
    this.worker?.postMessage({ running: false });
    this.state(false, word);
  }

  /** Where each actor stands now. */
  now() {
    const { x, y } = this.page.stage;
    return { x: x.slice(), y: y.slice() };
  }

  move(nodes) {
    if (!this.running) return;
    const { stage } = this.page;
    const { x, y } = this.now();
    const [width, height] = stage.box;
    this.places.forEach((place, number) => {
      x[place] = nodes[number * PER_NODE + X] * UNIT + width / 2;
      y[place] = nodes[number * PER_NODE + Y] * UNIT + height / 2;
    });
    stage.place(x, y);
  }

  /** Puts everybody back where the server had placed them. */
  back() {
    if (this.running) this.stop();
    if (!this.first) return;
    this.page.stage.place(this.first.x, this.first.y);
    this.first = null;
    this.return.hidden = true;
    this.button.focus();
    this.page.status.textContent = this.page.words.say("motion_back");
  }

  /** Forgets what was moved: the places of another layout are the first ones now. */
  forget() {
    if (this.running) this.stop();
    this.first = null;
    this.return.hidden = true;
  }

  state(running, word) {
    this.running = running;
    this.button.setAttribute("aria-pressed", String(running));
    this.return.hidden = !this.first;
    this.page.section.dataset.motion = running ? "on" : "off";
    this.page.status.textContent = this.page.words.say(word);
  }
}
