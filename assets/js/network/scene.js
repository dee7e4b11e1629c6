/** What the picture shows of the history: pure sums over columns, quick enough for every move of the slider. */

export const HIDDEN = 0;
export const THERE = 1;
export const CAME = 2;
export const LEFT = 3;

/** What one asked for. `before`: the day to compare with, or null; `steps`: 0 for everybody, else only so many steps from the centre. */
export class Wish {
  day = 0;
  before = null;
  hidden = new Set(); // codes of families and of groups of ties
  origins = new Set();
  centre = null; // the place of an actor
  steps = 0;
}

export class Scene {
  constructor(history) {
    this.history = history;
    const { size, number } = history;
    this.actors = new Uint8Array(size);
    this.ties = new Uint8Array(number);
    this.degree = new Uint16Array(size);
    this.offset = new Float32Array(number); // of a tie beside its parallels, in widths of a line
    this.bundle = new Uint16Array(number); // how many ties its pair shows
    this.pairs();
    this.neighbourhoods();
  }

  /** Numbers the pairs of actors that some tie joins. */
  pairs() {
    const { number, ties, size } = this.history;
    const known = new Map();
    this.pair = new Uint32Array(number);
    for (let tie = 0; tie < number; tie += 1) {
      const [one, other] = [Math.min(ties.source[tie], ties.target[tie]), Math.max(ties.source[tie], ties.target[tie])];
      const key = one * size + other;
      if (!known.has(key)) known.set(key, known.size);
      this.pair[tie] = known.get(key);
    }
    this.shown = new Uint16Array(known.size);
    this.written = new Uint16Array(known.size);
    this.most = this.mostNeighbours(known, size);
  }

  /** The most neighbours that an actor ever had, so that sizes mean the same on every day. */
  mostNeighbours(known, size) {
    const degrees = new Uint16Array(size);
    for (const key of known.keys()) {
      degrees[Math.floor(key / size)] += 1;
      degrees[key % size] += 1;
    }
    return degrees.reduce((most, degree) => Math.max(most, degree), 2);
  }

  /** Ties by actor: those of `place` are around[begin[place]] … around[begin[place + 1] - 1]. */
  neighbourhoods() {
    const { number, ties, size } = this.history;
    this.begin = new Uint32Array(size + 1);
    for (let tie = 0; tie < number; tie += 1) {
      this.begin[ties.source[tie] + 1] += 1;
      this.begin[ties.target[tie] + 1] += 1;
    }
    for (let place = 0; place < size; place += 1) this.begin[place + 1] += this.begin[place];
    const next = this.begin.slice();
    this.around = new Uint32Array(2 * number);
    for (let tie = 0; tie < number; tie += 1) {
      this.around[next[ties.source[tie]]++] = tie;
      this.around[next[ties.target[tie]]++] = tie;
    }
  }

  /** Says for each kind of relation whether it is switched on. */
  keptRelations(wish) {
    return this.history.relations.map(({ origin, group }) => wish.origins.has(origin) && !wish.hidden.has(group));
  }

  compute(wish) {
    const { history, actors, ties } = this;
    const kept = this.keptRelations(wish);
    const off = history.kinds.map(({ family }) => wish.hidden.has(family));
    for (let place = 0; place < history.size; place += 1) {
      const is = history.actorThere(place, wish.day);
      const was = wish.before === null ? is : history.actorThere(place, wish.before);
      actors[place] = off[history.actors.kind[place]] ? HIDDEN : state(was, is);
    }
    for (let tie = 0; tie < history.number; tie += 1) {
      const on = kept[history.ties.relation[tie]] && actors[history.ties.source[tie]] && actors[history.ties.target[tie]];
      if (!on) ties[tie] = HIDDEN;
      else {
        const is = history.tieThere(tie, wish.day);
        ties[tie] = state(wish.before === null ? is : history.tieThere(tie, wish.before), is);
      }
    }
    if (wish.steps && wish.centre !== null) this.narrow(wish);
    this.count();
  }

  /** Leaves only those within so many steps of the centre, and the ties among them. */
  narrow({ centre, steps }) {
    const near = this.reached(centre, steps);
    const { source, target } = this.history.ties;
    for (let place = 0; place < near.length; place += 1) if (near[place] < 0) this.actors[place] = HIDDEN;
    for (let tie = 0; tie < this.ties.length; tie += 1) if (near[source[tie]] < 0 || near[target[tie]] < 0) this.ties[tie] = HIDDEN;
  }

  otherEnd(tie, place) {
    const { source, target } = this.history.ties;
    return source[tie] === place ? target[tie] : source[tie];
  }

  /** The steps to each actor from one, along the ties that are shown and there; -1 beyond `steps`. */
  reached(centre, steps = Infinity) {
    const found = new Int32Array(this.history.size).fill(-1);
    found[centre] = 0;
    for (let queue = [centre], at = 0; at < queue.length; at += 1) {
      const place = queue[at];
      if (found[place] >= steps) continue;
      for (let index = this.begin[place]; index < this.begin[place + 1]; index += 1) {
        const tie = this.around[index];
        if (this.ties[tie] !== THERE && this.ties[tie] !== CAME) continue;
        const next = this.otherEnd(tie, place);
        if (found[next] >= 0) continue;
        found[next] = found[place] + 1;
        queue.push(next);
      }
    }
    return found;
  }

  /** One of the shortest paths along what is shown, as places; null where there is none. */
  path(from, to) {
    if (!this.visible(from) || !this.visible(to)) return null;
    const steps = this.reached(to);
    if (steps[from] < 0) return null;
    const places = [from];
    while (places.at(-1) !== to) places.push(this.nearer(places.at(-1), steps));
    return places;
  }

  /** The neighbour one step nearer; of several, the one with the most neighbours, then the first by name. */
  nearer(place, steps) {
    let best = -1;
    for (const next of this.neighbours(place)) {
      if (steps[next] !== steps[place] - 1) continue;
      if (best < 0 || this.degree[next] > this.degree[best] || (this.degree[next] === this.degree[best] && next < best)) best = next;
    }
    return best;
  }

  /** The ties shown and there between two actors. */
  between(one, other) {
    return this.tiesOf(one).filter((tie) => this.otherEnd(tie, one) === other);
  }

  tiesOf(place) {
    const found = [];
    for (let index = this.begin[place]; index < this.begin[place + 1]; index += 1) {
      const tie = this.around[index];
      if (this.ties[tie] === THERE || this.ties[tie] === CAME) found.push(tie);
    }
    return found;
  }

  neighbours(place) {
    return new Set(this.tiesOf(place).map((tie) => this.otherEnd(tie, place)));
  }

  visible(place) {
    return this.actors[place] === THERE || this.actors[place] === CAME;
  }

  /** Counts neighbours, and sets the ties of one pair beside one another. */
  count() {
    const { ties, pair, shown, written, degree, offset, bundle } = this;
    const { source, target } = this.history.ties;
    shown.fill(0);
    written.fill(0);
    degree.fill(0);
    for (let tie = 0; tie < ties.length; tie += 1) if (ties[tie]) shown[pair[tie]] += 1;
    for (let tie = 0; tie < ties.length; tie += 1) {
      if (!ties[tie]) continue;
      const number = pair[tie];
      const side = source[tie] < target[tie] ? 1 : -1; // all ties of a pair are drawn from the same end
      offset[tie] = side * (written[number] - (shown[number] - 1) / 2);
      bundle[tie] = shown[number];
      written[number] += 1;
    }
    const counted = new Uint8Array(shown.length);
    for (let tie = 0; tie < ties.length; tie += 1) {
      if ((ties[tie] !== THERE && ties[tie] !== CAME) || counted[pair[tie]]) continue;
      counted[pair[tie]] = 1;
      degree[source[tie]] += 1;
      degree[target[tie]] += 1;
    }
  }

  /** How many actors and pairs are shown and there. */
  totals() {
    let actors = 0;
    let ends = 0;
    for (let place = 0; place < this.actors.length; place += 1) {
      if (!this.visible(place)) continue;
      actors += 1;
      ends += this.degree[place];
    }
    return { actors, pairs: ends / 2 };
  }
}

function state(was, is) {
  if (is) return was ? THERE : CAME;
  return was ? LEFT : HIDDEN;
}
