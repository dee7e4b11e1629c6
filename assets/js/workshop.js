// The pages of a workshop's tables: what is typed stays on the device until the server has it.
import { announce } from "./announce.js";
import { csrfToken } from "./csrf.js";
import { remember } from "./door/kept.js";
import { Queue } from "./running/queue.js";
import { newKey, Store } from "./running/store.js";

const POLL = 10000;
const GONE = new Set([404, 410]);

/** The form of a table: demands wait in a queue, the one being written is kept with each key. */
class TablePage {
  constructor(root) {
    this.root = root;
    this.form = root.querySelector("#demand");
    this.status = root.querySelector("[data-table-status]");
    this.list = root.querySelector("[data-table-list]");
    this.prefix = `maillage.atelier.${root.dataset.table}.`;
    this.store = new Store("table", root.dataset.table);
    remember(this.store.prefix, Number(root.dataset.until));
    remember(this.prefix, Number(root.dataset.until));
    this.queue = new Queue(root, this.store, this);
    this.etag = "";
    this.arrived = 0; // how many demands the server has confirmed to this page
    this.restoreTyped();
    this.form.addEventListener("input", () => this.keepTyped());
    this.form.addEventListener("submit", (event) => this.submitted(event));
    addEventListener("beforeunload", (event) => { if (this.queue.unsent().length) event.preventDefault(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.poll(); });
    addEventListener("online", () => this.poll());
    this.ticking = setInterval(() => this.poll(), POLL);
    this.begin();
  }

  async begin() {
    await this.store.adopt();
    this.changed();
    this.queue.send();
  }

  fields() {
    return ["table", "finding", "proposal", "organisation"].map((name) => this.form.elements[name]).filter(Boolean);
  }

  keepTyped() {
    const typed = Object.fromEntries(this.fields().map((field) => [field.name, field.value]));
    try {
      localStorage.setItem(`${this.prefix}typed`, JSON.stringify(typed));
    } catch {
      return; // this device keeps nothing
    }
  }

  /** What was typed and never sent comes back; what the server shows again stands. */
  restoreTyped() {
    let typed;
    try {
      typed = JSON.parse(localStorage.getItem(`${this.prefix}typed`));
    } catch {
      return;
    }
    for (const field of this.fields()) if (typed?.[field.name] && !field.value) field.value = typed[field.name];
  }

  submitted(event) {
    event.preventDefault();
    if (!this.form.reportValidity()) return;
    const data = new FormData(this.form);
    data.delete("csrf_token");
    data.delete("client_key");
    this.queue.add({
      key: newKey(), kind: "demand", url: "demandes", fields: [...data], ready: true, item: "0",
      says: data.get("proposal"),
    });
    for (const name of ["finding", "proposal"]) this.form.elements[name].value = "";
    if (this.form.elements.organisation) this.form.elements.organisation.value = "";
    this.keepTyped();
    this.form.elements[this.form.elements.finding ? "finding" : "proposal"].focus();
  }

  done(_gesture, told) {
    this.arrived += 1;
    this.list.innerHTML = told.list;
    announce(told.message ?? this.root.dataset.wordSent);
  }

  conflict() {
    this.changed();
  }

  /** The link has ended: nothing more is sent, and the words come back into the page. */
  ends(code) {
    if (!GONE.has(code)) return false;
    clearInterval(this.ticking);
    this.say(this.root.dataset.wordGone, this.queue.unsent());
    return true;
  }

  changed() {
    const refused = this.queue.refused();
    if (refused.length) this.say(refused.map((gesture) => gesture.refused).join(" "), refused);
    else if (!this.queue.online && this.queue.unsent().length) this.say(this.root.dataset.wordWaiting, this.queue.unsent());
    else if (!this.gone) this.status.hidden = true;
  }

  say(sentence, gestures) {
    const words = document.createElement("ul");
    for (const gesture of gestures) {
      const line = document.createElement("li");
      line.textContent = gesture.fields.filter(([name, text]) => name !== "shows" && name !== "organisation" && text).map(([, text]) => text).join(" · ");
      if (gesture.refused) line.append(this.again(gesture));
      words.append(line);
    }
    this.gone = sentence === this.root.dataset.wordGone;
    this.status.replaceChildren(sentence, words);
    this.status.hidden = false;
  }

  /** What was refused goes back into the form, to be mended. */
  again(gesture) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = this.root.dataset.wordMend;
    button.addEventListener("click", () => {
      for (const [name, text] of gesture.fields) if (this.form.elements[name]) this.form.elements[name].value = text;
      this.store.remove(gesture);
      this.keepTyped();
      this.changed();
      this.form.elements.proposal.focus();
    });
    return button;
  }

  async poll() {
    if (document.hidden || this.gone) return;
    const table = this.form.elements.table.value.trim();
    const { arrived } = this;
    try {
      const answer = await fetch(`${this.root.dataset.state}?${new URLSearchParams({ table })}`, {
        headers: this.etag ? { "If-None-Match": this.etag } : {}, cache: "no-store", redirect: "manual",
      });
      if (this.ends(answer.status)) return;
      if (answer.status !== 200) return;
      this.etag = answer.headers.get("ETag");
      this.queue.token = answer.headers.get("X-CSRF-Token") ?? this.queue.token;
      const told = await answer.json();
      if (arrived !== this.arrived) this.etag = ""; // asked before the last demand arrived: it tells less
      else if (!this.list.contains(document.activeElement)) this.list.innerHTML = told.list;
      if (this.queue.unsent().length) this.queue.send();
    } catch {
      return; // no connection: asked again soon
    }
  }
}

for (const root of document.querySelectorAll("[data-table]")) new TablePage(root);

const SAVE_PAUSE = 900;
const WORDS_POLL = 2500;
const RETRY = 4000;

/** One wording on one tablet: saved as it is written, taken in when others save, never overwritten unseen. */
class Wording {
  constructor(page, root) {
    this.page = page;
    this.root = root;
    this.id = root.dataset.wording;
    this.version = Number(root.dataset.version);
    this.form = root.querySelector("form");
    this.field = this.form.elements.wording;
    this.said = root.querySelector("[data-saved]");
    this.panel = root.querySelector("[data-conflict]");
    this.shown = this.field.defaultValue;
    this.dirty = false;
    this.restore();
    this.field.addEventListener("input", () => this.changed());
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
    for (const button of this.panel.querySelectorAll("[data-keep]")) button.addEventListener("click", () => this.settle(button.dataset.keep));
  }

  get name() {
    return `${this.page.prefix}texte.${this.id}`;
  }

  changed() {
    this.dirty = true;
    try {
      localStorage.setItem(this.name, JSON.stringify({ text: this.field.value, base: this.version }));
    } catch {
      // This device keeps nothing: the page itself does.
    }
    this.later(SAVE_PAUSE);
  }

  /** What was typed and not confirmed before the page was left comes back, from the version that it was written on. */
  restore() {
    let kept;
    try {
      kept = JSON.parse(localStorage.getItem(this.name));
    } catch {
      return;
    }
    if (!kept || kept.text === this.field.value) return;
    if (kept.base !== this.version) this.conflict({ version: this.version, text: this.field.value });
    else this.later(SAVE_PAUSE);
    this.field.value = kept.text;
    this.dirty = true;
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  async save() {
    clearTimeout(this.timer);
    if (this.sending || this.other || !this.dirty || this.page.gone) return;
    this.sending = true;
    const text = this.field.value;
    this.said.textContent = this.page.words.wordSaving;
    try {
      const answer = await fetch(this.form.action, {
        method: "POST",
        body: new URLSearchParams({ wording: text, version: this.version, page: this.page.words.page }),
        headers: { "X-CSRFToken": this.page.token, "X-Gesture": "1" },
        redirect: "manual",
      });
      await this.judge(answer, text);
    } catch {
      this.said.textContent = this.page.words.wordWaiting;
      this.later(RETRY);
    } finally {
      this.sending = false;
    }
    if (this.dirty && !this.other) this.later(SAVE_PAUSE);
  }

  async judge(answer, text) {
    if (GONE.has(answer.status)) return this.page.end();
    if (answer.status === 400) {
      await this.page.poll(true); // takes the token anew
      return this.later(RETRY);
    }
    if (answer.status === 409) return this.conflict(await answer.json());
    if (!answer.ok) {
      this.said.textContent = this.page.words.wordFailed;
      return this.later(RETRY);
    }
    const told = await answer.json();
    this.version = told.version;
    this.shown = text;
    this.said.textContent = `${this.page.words.wordSaved} ${told.saved}`;
    if (this.field.value === text) this.clean();
  }

  clean() {
    this.dirty = false;
    try {
      localStorage.removeItem(this.name);
    } catch {
      return;
    }
  }

  /** Both texts are shown; nothing is sent from here before somebody chose. */
  conflict(told) {
    this.other = told;
    this.panel.querySelector("[data-other]").textContent = told.text;
    this.panel.hidden = false;
    this.said.textContent = "";
    announce(this.panel.querySelector(".callout-title").textContent);
  }

  settle(which) {
    const { text, version, saved } = this.other;
    this.other = null;
    this.panel.hidden = true;
    this.version = version;
    if (which === "other") {
      this.clean();
      this.put(text);
      this.said.textContent = saved ? `${this.page.words.wordTakenIn} ${saved}` : "";
    } else {
      this.dirty = true;
      this.save();
    }
    this.field.focus();
  }

  put(text) {
    if (this.field.value === text) return;
    const caret = this.field.selectionStart;
    this.field.value = text;
    this.shown = text;
    if (document.activeElement === this.field) this.field.setSelectionRange(caret, caret);
  }

  /** What others saved comes in, unless somebody is writing here. */
  take(told) {
    if (this.other && told.version > this.other.version) this.conflict(told);
    if (this.dirty || this.sending || this.other || told.version <= this.version) return;
    this.version = told.version;
    this.put(told.text);
    this.said.textContent = `${this.page.words.wordTakenIn} ${told.saved}`;
  }
}

class Wordings {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.prefix = `maillage.atelier.${root.dataset.wordings}.`;
    remember(this.prefix, Number(root.dataset.until));
    this.token = csrfToken(root);
    this.etag = "";
    this.rows = new Map([...root.querySelectorAll("[data-wording]")].map((one) => [one.dataset.wording, new Wording(this, one)]));
    this.ticking = setInterval(() => this.poll(), WORDS_POLL);
    addEventListener("online", () => this.poll());
    addEventListener("beforeunload", (event) => { if ([...this.rows.values()].some((row) => row.dirty)) event.preventDefault(); });
    document.addEventListener("visibilitychange", () => this.seen());
  }

  seen() {
    if (!document.hidden) return this.poll();
    for (const row of this.rows.values()) row.save();
  }

  end() {
    this.gone = true;
    clearInterval(this.ticking);
    for (const row of this.rows.values()) row.said.textContent = row.dirty ? this.words.wordGone : "";
  }

  async poll(always = false) {
    if ((document.hidden && !always) || this.gone) return;
    try {
      const answer = await fetch(this.words.state, { headers: this.etag ? { "If-None-Match": this.etag } : {}, cache: "no-store", redirect: "manual" });
      if (GONE.has(answer.status)) return this.end();
      this.token = answer.headers.get("X-CSRF-Token") ?? this.token;
      if (answer.status !== 200) return;
      this.etag = answer.headers.get("ETag");
      const { rows } = await answer.json();
      for (const [id, told] of Object.entries(rows)) this.rows.get(id)?.take(told);
    } catch {
      return; // no connection: asked again soon
    }
  }
}

/** The big screen asks for its part and shows it; when the connection fails it keeps what it shows. */
function screen(root) {
  const part = root.querySelector("[data-screen-part]");
  let etag = "";
  const poll = async () => {
    try {
      const answer = await fetch(root.dataset.screen, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", redirect: "manual" });
      if (answer.status !== 200) return;
      etag = answer.headers.get("ETag");
      part.innerHTML = await answer.text();
    } catch {
      return;
    }
  };
  setInterval(poll, WORDS_POLL);
}

for (const root of document.querySelectorAll("[data-wordings]")) new Wordings(root);
for (const root of document.querySelectorAll("[data-screen]")) screen(root);
