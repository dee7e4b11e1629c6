// Runs modules of the network page outside of a browser: a question a line in, an answer a line out (test_payload.py).
import { createInterface } from "node:readline";
import { decode, fold, History, slug } from "../../assets/js/network/history.js";
import { project, separate } from "../../assets/js/network/geography.js";
import { Scene, Wish } from "../../assets/js/network/scene.js";
import { hull } from "../../assets/js/network/views.js";

const plain = (value) => JSON.parse(JSON.stringify(value, (_, inner) => (ArrayBuffer.isView(inner) ? Array.from(inner) : inner)));

/** The scene of a wish: who and what is shown, and how. */
function scene({ data, day, before = null, origins, hidden = [], centre = null, steps = 0, from, to }) {
  const history = new History(decode(data));
  const wish = Object.assign(new Wish(), { day, before, origins: new Set(origins), hidden: new Set(hidden), centre, steps });
  const found = new Scene(history);
  found.compute(wish);
  const { actors, ties, degree, offset } = found;
  const path = from === undefined ? null : found.path(from, to);
  return { actors, ties, degree, offset, path, changes: history.changes(), totals: found.totals() };
}

const answers = {
  decode: ({ data }) => {
    const history = new History(decode(data));
    const slugs = history.actors.name.map((_, place) => history.slug(place));
    return { ...history, actors: { ...history.actors, slug: slugs }, places: slugs.map((known) => history.placeOf(known)) };
  },
  between: ({ data, before, after }) => new History(decode(data)).between(before, after),
  words: ({ texts }) => texts.map((text) => [fold(text), slug(text)]),
  scene,
  hull: ({ points }) => hull(points),
  project: ({ points }) => points.map(([latitude, longitude]) => project(latitude, longitude)),
  separate: ({ discs }) => {
    separate(discs);
    return discs;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, ...question } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(plain(answers[ask](question)))}\n`);
}
