import { csrfToken } from "../csrf.js";

const RETRY = [2000, 5000, 10000, 15000];
const PATIENCE = 20000;
const LATER = new Set([408, 425, 429]);

/** Sends the gestures one after the other. Nothing leaves the store before the server has confirmed or kept it.
 *  `page` is told: `done(gesture, answer)`, `conflict(gesture, answer)`, `changed()`; it may have `ends(status)`,
 *  which says whether an answer ends the whole page. */
export class Queue {
  constructor(root, store, page) {
    this.root = root;
    this.store = store;
    this.page = page;
    this.token = csrfToken();
    this.online = navigator.onLine;
    this.signedOut = false;
    this.sending = false;
    this.failures = 0;
    this.savedAt = null;
    addEventListener("online", () => this.send());
    addEventListener("offline", () => this.cut());
  }

  /** Keeps a gesture and sends it as soon as its turn comes. */
  add(gesture) {
    this.store.put(gesture);
    this.page.changed();
    if (gesture.ready) this.send();
    return gesture;
  }

  cut() {
    this.online = false;
    this.page.changed();
  }

  unsent() {
    return this.store.all().filter((gesture) => !gesture.refused);
  }

  refused() {
    return this.store.all().filter((gesture) => gesture.refused);
  }

  /** Tries again what was refused, with the same key: it counts once at most. */
  again(gesture) {
    delete gesture.refused;
    this.store.put(gesture);
    this.send();
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.timer);
    try {
      while (await this.next());
    } finally {
      this.sending = false;
      this.page.changed();
    }
    if (this.unsent().some((gesture) => gesture.ready) && !this.signedOut) {
      this.timer = setTimeout(() => this.send(), RETRY[Math.min(this.failures, RETRY.length - 1)]);
    }
  }

  /** Delivers the first that waits; says whether to go on. */
  async next() {
    const gesture = this.unsent()[0];
    if (!gesture?.ready) return false;
    if (gesture.url.includes("/new")) {
      // The point that it belongs to was not accepted: it waits beside it, with its words.
      this.refuse(gesture, this.root.dataset.wordUnknown);
      return true;
    }
    gesture.tried = true;
    this.store.put(gesture);
    this.page.changed();
    let answer;
    try {
      answer = await this.post(gesture);
      if (answer.status === 400 || answer.status === 403 || answer.type === "opaqueredirect") {
        if (!(await this.known())) return false;
        answer = await this.post(gesture);
      }
      return await this.judge(gesture, answer);
    } catch {
      this.fail();
      return false;
    }
  }

  post(gesture) {
    return fetch(gesture.url, {
      method: "POST",
      body: new URLSearchParams([...gesture.fields, ["client_key", gesture.key]]),
      headers: { "X-CSRFToken": this.token, "X-Gesture": "1" },
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  async judge(gesture, answer) {
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (answer.ok && isJson) return this.settle(gesture, await answer.json(), "done");
    if (answer.status === 409 && isJson) return this.settle(gesture, await answer.json(), "conflict");
    if (answer.status >= 500 || answer.status === 409 || answer.type === "opaqueredirect" || LATER.has(answer.status)) {
      this.fail();
      return false;
    }
    if (this.page.ends?.(answer.status)) return false;
    const said = isJson ? (await answer.json()).message : "";
    this.refuse(gesture, said || this.root.dataset.wordUnknown);
    return true;
  }

  settle(gesture, told, what) {
    this.arrived();
    this.savedAt = new Date();
    this.store.remove(gesture);
    this.page[what](gesture, told);
    return true;
  }

  refuse(gesture, message) {
    this.arrived();
    gesture.refused = message;
    this.store.put(gesture);
    this.page.changed();
  }

  arrived() {
    this.online = true;
    this.signedOut = false;
    this.failures = 0;
  }

  fail() {
    this.online = false;
    this.failures += 1;
    this.page.changed();
  }

  /** Asks whether the same account is still signed in, and takes its token anew. */
  async known() {
    const answer = await this.ask();
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      this.signedOut = true;
      this.page.changed();
      return false;
    }
    if (answer.ok && answer.headers.get("X-Account") !== this.root.dataset.user) {
      this.signedOut = true; // somebody else signed in on this device: these gestures are not theirs
      this.page.changed();
      return false;
    }
    this.token = answer.headers.get("X-CSRF-Token") ?? this.token;
    return true;
  }

  ask(etag = "") {
    return fetch(this.root.dataset.state, {
      headers: etag ? { "If-None-Match": etag } : {},
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
  }
}
