/** Gestures kept on this device until they are confirmed: one entry each, so that two tabs never overwrite each other's. */

const PREFIX = "maillage.tenue";
let counter = 0;

/** A name that nobody else gives; `randomUUID` is missing where the page isn't served over https. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What is kept of an account: `user.meeting.order`. */
export function keptOf(user) {
  const start = `${PREFIX}.${user}.`;
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(start));
  } catch {
    return []; // this device keeps nothing at all
  }
}

export class Store {
  constructor(user, meeting) {
    this.prefix = `${PREFIX}.${user}.${meeting}.`;
    this.tab = newKey();
    this.mine = new Map();
    this.works = true;
    try {
      localStorage.setItem(`${this.prefix}probe`, "1");
      localStorage.removeItem(`${this.prefix}probe`);
    } catch {
      this.works = false;
    }
    // Held for as long as this tab lives: the others see by it whose gestures are nobody's any more.
    navigator.locks?.request(this.lockOf(this.tab), () => new Promise(() => {}));
  }

  lockOf(tab) {
    return `${this.prefix}${tab}`;
  }

  /** This tab's gestures in the order in which they were made. */
  all() {
    return [...this.mine.values()].sort((a, b) => (a.order < b.order ? -1 : 1));
  }

  /** Adds a gesture, or keeps what changed in it. */
  put(gesture) {
    counter += 1;
    gesture.order ??= `${String(Date.now()).padStart(15, "0")}-${String(counter).padStart(6, "0")}`;
    gesture.tab = this.tab;
    this.mine.set(gesture.key, gesture);
    try {
      localStorage.setItem(`${this.prefix}${gesture.key}`, JSON.stringify(gesture));
    } catch {
      this.works = false;
    }
    return gesture;
  }

  remove(gesture) {
    this.mine.delete(gesture.key);
    try {
      localStorage.removeItem(`${this.prefix}${gesture.key}`);
    } catch {
      this.works = false;
    }
  }

  /** Takes over what tabs left behind that were closed, reloaded or put to sleep for good. */
  async adopt() {
    if (!this.works) return [];
    const alive = new Set((await navigator.locks?.query())?.held?.map((lock) => lock.name) ?? []);
    const names = Object.keys(localStorage).filter((name) => name.startsWith(this.prefix));
    const left = [];
    for (const name of names) {
      try {
        const gesture = JSON.parse(localStorage.getItem(name));
        if (this.mine.has(gesture.key) || alive.has(this.lockOf(gesture.tab))) continue;
        left.push(this.put({ ...gesture, ready: true }));
      } catch {
        continue; // not ours, or gone meanwhile
      }
    }
    return left.sort((a, b) => (a.order < b.order ? -1 : 1));
  }
}
