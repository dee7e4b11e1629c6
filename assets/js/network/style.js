import { tokenColour } from "../theme.js";

/** Hue (number of its token) and shape of each family, as in print (graph/style.py). */
export const FAMILIES = {
  coordination: { hue: 1, shape: "circle" },
  authority: { hue: 8, shape: "square" },
  association: { hue: 2, shape: "triangle" },
  citizens: { hue: 4, shape: "diamond" },
  learning: { hue: 3, shape: "hexagon" },
  health: { hue: 6, shape: "cross" },
  culture: { hue: 7, shape: "star" },
  party: { hue: 5, shape: "pentagon" },
};

/** Forms for the shader: corners, how far they and the notches between them reach, turn; each about as large as a circle of
    radius 1. Without corners it is a circle; a cross has its arms' reach and half their width. */
export const SHAPES = {
  circle: [0, 1, 1, 0],
  square: [4, 1.2533, 0.8862, Math.PI / 4],
  triangle: [3, 1.5551, 0.7776, 0],
  diamond: [4, 1.2533, 0.8862, 0],
  pentagon: [5, 1.1495, 0.93, 0],
  hexagon: [6, 1.0996, 0.9523, Math.PI / 6],
  star: [5, 1.5, 0.68, 0],
  cross: [-1, 1.2, 0.42, 0],
};

/** How far the farthest corner of any shape lies from its centre, for a radius of 1. */
export const REACH = 1.56;

/** How each group of ties is drawn, as in print (graph/style.py): width, then stroke, gap, stroke and gap of its dashes. */
export const THREADS = {
  steer: [2.2, 0, 0, 0, 0],
  belong: [1.2, 0, 0, 0, 0],
  work: [1.3, 9, 3, 0, 0],
  means: [1.3, 9, 3, 2, 3],
  refer: [1.3, 5, 4, 0, 0],
  speak: [1.6, 1.6, 3, 0, 0],
  place: [1.6, 1.5, 2, 1.5, 6],
  project: [1.6, 14, 3, 0, 0],
  hosting: [1.4, 6, 2, 6, 6],
  cosigning: [1.3, 14, 3, 2, 3],
  space: [1.1, 3, 3, 0, 0],
  day: [1.3, 1.4, 5, 0, 0],
};

const FADED = 0.8;
const LONE = 0.35;

/** Red, green and blue of a colour as the browser writes it: rgb(…). */
function channels(colour) {
  return colour.match(/[\d.]+/g).slice(0, 3).map(Number);
}

function mix(one, other, share) {
  const to = channels(other);
  return `rgb(${channels(one).map((part, place) => Math.round(part + (to[place] - part) * share)).join(",")})`;
}

function clear(colour, share) {
  return `rgba(${channels(colour).join(",")},${share})`;
}

/** All colours of the picture in the present theme; what is faded leans towards the ground, so that nothing shines
    through; so, a little, do those who are tied to nobody. `hues` are those of the families and of communities. */
export function palette() {
  const ground = tokenColour("--surface");
  const ink = tokenColour("--ink");
  const shades = (fill) => ({ plain: fill, lone: mix(fill, ground, LONE), faded: mix(fill, ground, FADED) });
  const hues = [1, 2, 3, 4, 5, 6, 7, 8].map((hue) => shades(tokenColour(`--kind-${hue}`)));
  const pale = tokenColour("--ink-3");
  const edge = tokenColour("--kind-edge");
  const [came, left] = [tokenColour("--success"), tokenColour("--danger")];
  return {
    ground,
    ink,
    pale,
    hues,
    fills: Object.fromEntries(Object.entries(FAMILIES).map(([family, { hue }]) => [family, hues[hue - 1]])),
    none: shades(mix(pale, ground, 0.45)),
    outline: { plain: mix(edge, ground, 0.15), lone: mix(edge, ground, 0.5), faded: mix(edge, ground, 0.86) },
    thread: { plain: mix(ink, ground, 0.52), faded: mix(ink, ground, 0.9) },
    hair: clear(mix(ink, ground, 0.35), 0.3),
    came,
    left,
    primary: tokenColour("--primary"),
    accent: tokenColour("--accent"),
    onAccent: tokenColour("--on-accent"),
  };
}
