/** What the door knows of people: the server's list, with what this device has not sent yet laid over it. */

const MOST = 60;

/** A text made comparable, as the server folds it. */
export function fold(text) {
  return text.replaceAll(/[œŒ]/g, "oe").replaceAll(/[æÆ]/g, "ae").replaceAll("ß", "ss")
    .normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll(/[^a-z0-9]+/g, " ").trim();
}

/** A name in letters that folding drops (Arabic, Cyrillic…), to be looked for as it stands. */
function asIs(text) {
  return text.normalize("NFKC").toLowerCase();
}

/** What is looked for, word by word. */
function asked(words) {
  const told = words.split(/\s+/).map((word) => word.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "")).filter(Boolean);
  return told.flatMap((word) => (fold(word) ? fold(word).split(" ") : [asIs(word)]));
}

export class List {
  constructor(state, unsent) {
    this.unsent = unsent;
    this.take(state);
  }

  take(state) {
    this.state = state;
    this.people = new Map();
    for (const person of state.people) this.know(person);
    this.expected = new Map(Object.entries(state.expected).map(([session, ids]) => [session, new Set(ids)]));
  }

  know(person) {
    this.people.set(person.id, { ...person, folded: `${fold(`${person.name} ${person.org}`)} ${asIs(person.name)}` });
  }

  /** A gesture that arrived: what stands now, as the server tells it. */
  told({ session, registration, there, person }) {
    const id = String(session);
    this.state.there[id] ??= {};
    this.state.there[id][registration] = there;
    if (person) this.know(person);
  }

  /** Milliseconds since 1970 when somebody came to a session, 0 if not there; `waits` where that isn't sent yet. */
  at(session, id) {
    const mine = this.unsent().findLast((one) => one.session === session && one.registration === id);
    if (mine) return { at: mine.kind === "arrive" ? mine.at : 0, waits: true };
    return { at: this.state.there[session]?.[id] ?? 0, waits: false };
  }

  isExpected(session, id) {
    return this.expected.get(session)?.has(id) ?? false;
  }

  counts(session) {
    const there = new Set(Object.entries(this.state.there[session] ?? {}).filter(([, at]) => at).map(([id]) => Number(id)));
    let newcomers = 0;
    for (const one of this.unsent()) {
      if (one.session !== session) continue;
      if (one.kind === "arrive") there.add(one.registration);
      if (one.kind === "undo") there.delete(one.registration);
      if (one.kind === "walk_in") newcomers += 1;
    }
    return { present: there.size + newcomers, expected: this.expected.get(session)?.size ?? 0 };
  }

  /** Whoever bears the code, whole or the part that is shown; whatever case it was typed in. */
  byCode(text) {
    const code = text.trim();
    const people = [...this.people.values()];
    return people.find((one) => one.code && code.startsWith(one.code))
      ?? people.find((one) => one.code && code.length === one.code.length && one.code.toLowerCase() === code.toLowerCase());
  }

  /** Who is shown: `rows`, and how many more there would be. */
  found(session, words, filter) {
    const wanted = asked(words);
    const code = words.trim().toLowerCase();
    const rows = [...this.people.values()].filter((one) => {
      const { at } = this.at(session, one.id);
      if (filter === "there" && !at) return false;
      if (filter === "awaited" && (at || !this.isExpected(session, one.id))) return false;
      if (!wanted.length) return at || this.isExpected(session, one.id) || (one.state !== "confirmed" && ["pending", "waiting", "offered"].includes(one.state));
      return wanted.every((word) => one.folded.includes(word)) || (code.length > 3 && one.code.toLowerCase().startsWith(code));
    });
    rows.sort((a, b) => (a.folded < b.folded ? -1 : 1));
    return { rows: rows.slice(0, MOST), more: Math.max(0, rows.length - MOST) };
  }
}
