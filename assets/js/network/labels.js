/** Writes labels beside their nodes where there is room: no label hides a node or another label. The most important come first. */

const SIZE = 12;
const HUB_SIZE = 13.5;
const LINE = 1.15;
const CHARACTERS = 24;
const WIDEST = 36; // characters in a line of a name too long for lines of the usual length
const SHORT = 13;
const LINES = 3;
const GAPS = [3, 9];
const CELL = 48;
const CROWD = 1500; // nodes in sight
const MOST = 220; // spots that are tried
const MOST_COVERED = 700;
const MOST_COVERED_IN_CROWD = 6000; // where nodes are everywhere, names of the first must stand on some of them

/** Sides of a node, the best liked first: how far the label's box is moved, in halves of its size. */
const SIDES = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [1, -1], [-1, 1], [-1, -1]];

/** Breaks a text in so many even lines; what does not fit ends in an ellipsis. */
function broken(text, count, characters) {
  const even = Math.min(characters, Math.ceil(text.length / count) + (count > 1 ? 4 : 0));
  const lines = [""];
  for (const word of text.split(/[ \t\n]+/)) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (longer.length <= even || !lines.at(-1)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  if (lines.length <= count) return lines;
  return [...lines.slice(0, count - 1), `${lines[count - 1]}…`];
}

/** The ways to write a label: whole in few lines, whole in more, and, for one that must stand, cut short. */
export function ways(text, must) {
  const least = Math.min(LINES, Math.ceil(text.length / CHARACTERS));
  const long = Math.max(CHARACTERS, Math.min(WIDEST, Math.ceil(text.length / LINES) + 6));
  const found = [];
  for (let count = least; count <= LINES; count += 1) found.push(broken(text, count, long));
  if (must && text.length > SHORT) found.push(broken(text, 2, SHORT));
  return found.filter((lines, place) => found.findIndex((other) => other.join("\n") === lines.join("\n")) === place);
}

/** What stands already, in cells: nodes and labels as boxes [left, top, right, bottom, owner, minor]. */
class Ground {
  cells = new Map();

  add(box) {
    const [left, top, right, bottom] = box;
    for (let column = Math.floor(left / CELL); column <= Math.floor(right / CELL); column += 1) {
      for (let row = Math.floor(top / CELL); row <= Math.floor(bottom / CELL); row += 1) {
        const key = column * 65536 + row;
        const cell = this.cells.get(key);
        if (cell) cell.push(box);
        else this.cells.set(key, [box]);
      }
    }
  }

  /** The surface of minor nodes that a box would cover, in square pixels; Infinity where it meets anything else, or more than `most`. */
  covered(box, owner, most) {
    let sum = 0;
    for (let column = Math.floor(box[0] / CELL); column <= Math.floor(box[2] / CELL); column += 1) {
      for (let row = Math.floor(box[1] / CELL); row <= Math.floor(box[3] / CELL); row += 1) {
        for (const other of this.cells.get(column * 65536 + row) ?? []) {
          const across = Math.min(box[2], other[2]) - Math.max(box[0], other[0]);
          const down = Math.min(box[3], other[3]) - Math.max(box[1], other[1]);
          if (across <= 0 || down <= 0 || other[4] === owner) continue;
          if (!other[5]) return Infinity;
          // A node on the border of two cells counts in each: its share may be told twice, never too little.
          sum += across * down;
          if (sum >= most) return Infinity;
        }
      }
    }
    return sum;
  }
}

export class Labels {
  /** Where each node's label stood last: kept while there is room, so that labels stay calm when the picture moves. */
  kept = new Map();
  shapes = new Map();

  constructor(family) {
    this.family = family;
  }

  font(strong) {
    return `${strong ? 650 : 450} ${strong ? HUB_SIZE : SIZE}px ${this.family}`;
  }

  /** The ways to write a label with their sizes, measured once. */
  measured(context, spot) {
    const key = `${spot.strong}|${spot.text}`;
    if (!this.shapes.has(key)) {
      const looks = spot.strong ? [true, false] : [false];
      this.shapes.set(key, looks.flatMap((strong) => ways(spot.text, spot.must).map((lines) => this.shape(context, lines, strong))));
    }
    return this.shapes.get(key);
  }

  shape(context, lines, strong) {
    const size = strong ? HUB_SIZE : SIZE;
    context.font = this.font(strong);
    const width = Math.max(...lines.map((line) => context.measureText(line).width));
    return { lines, strong, size, width, height: lines.length * size * LINE, cut: lines.at(-1).endsWith("…") };
  }

  /** Draws the labels of spots {id, x, y, reach, text, strong, must, pale} given in order of importance.
      `obstacles`: the nodes {id, x, y, reach, minor}; a label that must stand may hide minor ones, as little as can be.
      Returns where each label found its place. */
  draw(context, spots, obstacles, { width, height, ink, pale, ground }) {
    const taken = new Ground();
    this.crowd = obstacles.length > CROWD;
    for (const { id, x, y, reach, minor } of obstacles) taken.add([x - reach, y - reach, x + reach, y + reach, id, minor]);
    context.lineJoin = "round";
    context.strokeStyle = ground;
    context.lineWidth = 3.5;
    const written = [];
    for (const spot of spots.slice(0, MOST)) {
      const place = this.place(spot, this.measured(context, spot), taken, width, height);
      if (!place) continue;
      context.fillStyle = spot.pale ? pale : ink;
      this.write(context, place);
      written.push({ ...place, pale: spot.pale });
    }
    return written;
  }

  * tries(spot, shapes, cut) {
    const last = this.kept.get(spot.id);
    if (last && last.way < shapes.length && shapes[last.way].cut === cut) yield last;
    for (let way = 0; way < shapes.length; way += 1) {
      if (shapes[way].cut !== cut) continue;
      for (const gap of GAPS) for (const side of SIDES.keys()) yield { way, gap, side };
    }
  }

  /** Finds a place for the whole text, and only where there is none for the text cut short. */
  place(spot, shapes, taken, width, height) {
    const best = this.best(spot, shapes, taken, width, height, false) ?? this.best(spot, shapes, taken, width, height, true);
    if (!best) return null;
    this.kept.set(spot.id, best.wish);
    taken.add(best.box);
    return best;
  }

  best(spot, shapes, taken, width, height, cut) {
    let best = null;
    const bearable = this.crowd ? MOST_COVERED_IN_CROWD : MOST_COVERED;
    let least = spot.must ? bearable : Number.MIN_VALUE;
    for (const wish of this.tries(spot, shapes, cut)) {
      const shape = shapes[wish.way];
      const box = this.box(spot, shape, SIDES[wish.side], wish.gap);
      if (box[0] < 2 || box[1] < 2 || box[2] > width - 2 || box[3] > height - 2) continue;
      const covered = taken.covered(box, spot.id, least);
      if (covered >= least) continue;
      least = covered;
      best = { wish, shape, box, across: SIDES[wish.side][0] };
      if (covered === 0) break;
    }
    return best;
  }

  box(spot, shape, [across, down], gap) {
    const away = (spot.reach + gap) * (across && down ? 0.72 : 1);
    const x = spot.x + across * (away + shape.width / 2);
    const y = spot.y + down * (away + shape.height / 2);
    return [x - shape.width / 2, y - shape.height / 2, x + shape.width / 2, y + shape.height / 2, spot.id];
  }

  write(context, { shape, box, across }) {
    context.font = this.font(shape.strong);
    context.textAlign = across > 0 ? "left" : across < 0 ? "right" : "center";
    const x = across > 0 ? box[0] : across < 0 ? box[2] : (box[0] + box[2]) / 2;
    shape.lines.forEach((line, number) => {
      const y = box[1] + (number * LINE + 0.86) * shape.size;
      context.strokeText(line, x, y);
      context.fillText(line, x, y);
    });
  }
}
