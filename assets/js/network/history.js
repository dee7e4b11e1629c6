/** The whole history of the network, as hub/network/values/payload.py writes it: read once, then asked for any day. */

const DAY = 24 * 3600 * 1000;
export const ALWAYS = -1e9;
export const FOREVER = 1e9;

const LIGATURES = { œ: "oe", æ: "ae", ß: "ss", Œ: "oe", Æ: "ae" };

/** A text without accents, case or punctuation, as hub.core.search.fold writes it. */
export function fold(text) {
  const plain = text.replace(/[œæßŒÆ]/g, (sign) => LIGATURES[sign]).normalize("NFKD").replace(/\p{M}/gu, "");
  return plain.toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
}

/** A text as a part of an address, as hub.core.search.slug writes it. */
export function slug(text) {
  return fold(text).replaceAll(" ", "-").slice(0, 80).replace(/^-+|-+$/g, "") || "x";
}

/** The day of a date written as 2023-04-30, as days since 1970; that date of a day. */
export const dayOf = (date) => Math.round(Date.parse(`${date}T00:00:00Z`) / DAY);
export const dateOf = (day) => new Date(day * DAY).toISOString().slice(0, 10);

/** « 30 avril 2023 », « 1er mai 2023 ». */
export function speakDay(day, language = document.documentElement.lang || "fr") {
  const written = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(day * DAY));
  return language.startsWith("fr") ? written.replace(/^1 /, "1er ") : written;
}

/** Actors and ties in columns, with all that the payload leaves out put back. Days are days since 1970. */
export function decode(data) {
  const { base, actors, ties } = data;
  const bounds = (column, unknown) => Int32Array.from(column, (day) => (day ? base + day : unknown));
  let source = 0;
  return {
    box: data.box,
    clearance: data.clearance,
    kinds: data.kinds.map(([code, label, family]) => ({ code, label, family })),
    communes: data.communes.map(([code, name, latitude, longitude]) => ({ code, name, latitude, longitude })),
    themes: data.themes.map(([code, label]) => ({ code, label })),
    relations: data.relations.map(([code, label, reverse, origin, group, directed]) => ({ code, label, reverse, origin, group, directed })),
    actors: {
      name: actors.name,
      label: actors.label.map((label, place) => label || actors.name[place]),
      given: actors.slug, // addresses that don't follow from the name, else 0
      kind: Uint16Array.from(actors.kind),
      commune: Int16Array.from(actors.commune, (number) => number - 1),
      themes: actors.themes,
      sector: actors.sector.map((number) => data.sectors[number]),
      x: Float32Array.from(actors.x, (x) => x / 4),
      y: Float32Array.from(actors.y, (y) => y / 4),
      since: bounds(actors.since, ALWAYS),
      until: bounds(actors.until, FOREVER),
    },
    ties: {
      source: Uint32Array.from(ties.source, (step) => (source += step)),
      target: Uint32Array.from(ties.target),
      relation: Uint16Array.from(ties.relation),
      since: bounds(ties.since, ALWAYS),
      until: bounds(ties.until, FOREVER),
    },
  };
}

/** The network through time: who and what is there on a day, and when something changes. */
export class History {
  constructor(decoded) {
    Object.assign(this, decoded);
    this.size = this.actors.name.length;
    this.number = this.ties.source.length;
    const { source, target, since, until } = this.ties;
    const { since: came, until: left } = this.actors;
    // A tie is seen while both its ends are there.
    this.from = Int32Array.from(since, (day, tie) => Math.max(day, came[source[tie]], came[target[tie]]));
    this.to = Int32Array.from(until, (day, tie) => Math.min(day, left[source[tie]], left[target[tie]]));
  }

  /** The address of an actor. */
  slug(place) {
    return this.actors.given[place] || slug(this.actors.name[place]);
  }

  /** The place of the actor of that address; undefined where there is none. The list is made when it is first asked for. */
  placeOf(address) {
    this.places ??= new Map(this.actors.name.map((_, place) => [this.slug(place), place]));
    return this.places.get(address);
  }

  actorThere(place, day) {
    return this.actors.since[place] <= day && day <= this.actors.until[place];
  }

  tieThere(tie, day) {
    return this.from[tie] <= day && day <= this.to[tie];
  }

  family(place) {
    return this.kinds[this.actors.kind[place]].family;
  }

  /** The days, in their order, on which somebody or something comes, or is gone; `kept` says which ties count. */
  changes(kept = () => true) {
    const days = new Set();
    const note = (first, last) => {
      if (first > last) return;
      if (first !== ALWAYS) days.add(first);
      if (last !== FOREVER) days.add(last + 1);
    };
    for (let place = 0; place < this.size; place += 1) note(this.actors.since[place], this.actors.until[place]);
    for (let tie = 0; tie < this.number; tie += 1) if (kept(tie)) note(this.from[tie], this.to[tie]);
    return Int32Array.from(days).sort();
  }

  /** What came and what left from one day to another: places of actors, numbers of ties. */
  between(before, after, kept = () => true) {
    const found = { came: [], left: [], made: [], lost: [] };
    for (let place = 0; place < this.size; place += 1) {
      const was = this.actorThere(place, before);
      const is = this.actorThere(place, after);
      if (was !== is) (is ? found.came : found.left).push(place);
    }
    for (let tie = 0; tie < this.number; tie += 1) {
      if (!kept(tie)) continue;
      const was = this.tieThere(tie, before);
      const is = this.tieThere(tie, after);
      if (was !== is) (is ? found.made : found.lost).push(tie);
    }
    return found;
  }
}
