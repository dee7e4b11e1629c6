// Moves the actors by ForceAtlas2, away from the page's own thread. A file of ours: the content policy refuses the library's own,
// which is made of a blob.
import iterate from "graphology-layout-forceatlas2/iterate.js";

const ROUNDS = 4; // rounds in a batch, few enough for the picture to move smoothly
const BREATH = 16; // milliseconds at least between two batches
const SMALL = 500; // nodes; from so many on, repulsion is approximated (Barnes-Hut)

let nodes = null;
let edges = null;
let settings = null;
let running = false;

function batch() {
  if (!running) return;
  const begun = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) iterate(settings, nodes, edges);
  const copy = nodes.slice();
  postMessage(copy, [copy.buffer]);
  setTimeout(batch, Math.max(0, BREATH - (performance.now() - begun)));
}

addEventListener("message", ({ data }) => {
  if (data.nodes) {
    ({ nodes, edges } = data);
    settings = { ...data.settings, barnesHutOptimize: nodes.length / 10 > SMALL };
  }
  if (data.running === running) return;
  running = data.running;
  if (running) batch();
});
