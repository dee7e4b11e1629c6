// The page of the door: the list stays in the page, gestures wait on the device until they are confirmed. Each says
// when it was seen, by a clock set after the server's; so a gesture sent late, or twice, never undoes a newer one.
import { announce } from "./announce.js";
import { Camera } from "./door/camera.js";
import { forget, remember } from "./door/kept.js";
import { List } from "./door/list.js";
import { Queue } from "./running/queue.js";
import { newKey, Store } from "./running/store.js";

const POLL = 10000;
const HERE = "?"; // gestures are sent to the page itself: its address, which is a secret, is kept nowhere
const GONE = new Set([404, 410]);

/** When the server answered with this page, by this device's clock: a slow page must not make slow hours. */
function answeredAt() {
  const [page] = performance.getEntriesByType("navigation");
  return Date.now() - (page?.responseStart ? performance.now() - page.responseStart : 0);
}

class Door {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.session = root.dataset.session;
    this.ahead = Number(root.dataset.now) - answeredAt();
    this.states = JSON.parse(root.dataset.states);
    this.contrary = new Map();
    this.filter = "all";
    this.etag = "";
    this.store = new Store(root.dataset.user, root.dataset.running);
    remember(this.store.prefix, Number(root.dataset.until) - this.ahead); // by this device's clock, right or wrong
    this.queue = new Queue(root, this.store, this);
    this.list = new List(JSON.parse(root.querySelector("[data-door-list]").textContent), () => this.queue.unsent());
    this.camera = new Camera(root.querySelector("[data-video]"), (text) => this.scanned(text));
    this.field = root.querySelector("#door-q");
    this.listen();
    this.begin();
  }

  listen() {
    const { root } = this;
    root.addEventListener("submit", (event) => this.submitted(event));
    root.addEventListener("click", (event) => this.clicked(event));
    root.querySelector("#door-session").addEventListener("change", (event) => this.choose(event.target.value));
    this.field.addEventListener("input", () => this.paintList());
    addEventListener("beforeunload", (event) => { if (this.queue.unsent().length) event.preventDefault(); });
    addEventListener("running:leave", () => this.store.mine.clear());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.poll(); });
    addEventListener("pagehide", () => this.camera.stop());
    addEventListener("online", () => this.poll());
    this.ticking = setInterval(() => this.poll(), POLL);
  }

  async begin() {
    await this.store.adopt();
    this.changed();
    this.queue.send();
  }

  choose(session) {
    this.session = session;
    for (const field of this.root.querySelectorAll("input[name=session]")) field.value = session;
    this.answer(null);
    this.changed();
  }

  // ---- gestures ------------------------------------------------------------------------------

  now() {
    return Date.now() + this.ahead;
  }

  gesture(kind, says, fields) {
    const at = this.now();
    const all = { gesture: kind, session: this.session, at: Math.round(at), ...fields };
    return this.queue.add({
      key: newKey(), kind, url: HERE, fields: Object.entries(all).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)])), ready: true,
      item: "0", says, at, session: this.session, registration: Number(fields.registration ?? 0),
    });
  }

  arrive(person, source, letIn = false) {
    this.gesture("arrive", person.name, { registration: person.id, source, ...(letIn ? { let_in: 1 } : {}) });
    this.answer("yes", person, this.isOver(this.session) ? this.words.wordNotedOver : this.words.wordNoted, { undo: person.id });
  }

  undo(person) {
    this.gesture("undo", person.name, { registration: person.id });
    this.answer(null);
    announce(this.words.wordUndone.replace("%s", person.name));
  }

  /** What a code, or a name that was chosen, means here; nothing is noted unless it is plain. */
  meet(person, source) {
    const { at } = this.list.at(this.session, person.id);
    if (at) return this.answer("check", person, this.words.wordAlready.replace("%s", this.hour(at)), { undo: person.id });
    if (person.state !== "confirmed") return this.answer("check", person, (this.states[person.state] ?? person.word).replace("%s", person.name), { letIn: person.id });
    if (!this.list.isExpected(this.session, person.id)) return this.answer("check", person, person.word || this.words.wordElsewhere, { letIn: person.id });
    this.arrive(person, source);
  }

  scanned(text) {
    const person = this.list.byCode(text);
    if (person) this.meet(person, "scan");
    else this.answer("no", { name: "", org: "" }, this.words.wordNotHere);
  }

  submitted(event) {
    const form = event.target;
    if (form.matches("[data-search]")) {
      event.preventDefault();
      this.searched();
    } else if (form.matches(".door-walk-in")) {
      event.preventDefault();
      this.walkIn(form);
    } else if (form.matches("[data-party-form]")) {
      event.preventDefault();
      this.party(form);
    }
  }

  /** Enter on a code, or on a name that only one person bears. */
  searched() {
    const words = this.field.value;
    const { rows } = this.list.found(this.session, words, "all");
    const person = this.list.byCode(words) ?? (words.trim() && rows.length === 1 ? rows[0] : null);
    if (!person) return;
    this.meet(person, "search");
    this.field.select();
  }

  walkIn(form) {
    const name = form.elements.name.value.trim();
    if (!name) {
      form.elements.name.focus();
      announce(this.words.wordUnfilled);
      return;
    }
    const fields = { name, organisation: form.elements.organisation.value.trim(), email: form.elements.email.value.trim() };
    fields.workshops = new FormData(form).getAll("workshops");
    if (form.elements.let_in.checked) fields.let_in = 1;
    this.gesture("walk_in", name, fields);
    form.reset();
    form.closest("details").open = false;
    this.answer("yes", { name, org: fields.organisation }, this.words.wordWalkedIn);
  }

  party(form) {
    const present = form.elements.present.value.trim();
    const name = form.closest("[data-party]").querySelector("strong").textContent;
    if (!/^\d{1,3}$/.test(present)) return form.elements.present.focus();
    this.gesture("party", name, { party: form.elements.party.value, present });
    announce(`${name} : ${present}`);
  }

  clicked(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-camera]")) this.toggleCamera(button);
    if (button.dataset.filter) this.narrow(button.dataset.filter);
    if (button.dataset.switch) this.turnTo(button.dataset.switch);
    if (button.dataset.does === "seen") {
      this.contrary.delete(button.dataset.gesture);
      this.changed();
    }
    const person = this.list.people.get(Number(button.dataset.person));
    if (person && button.dataset.does === "meet") this.meet(person, "search");
    if (person && button.dataset.does === "undo") this.undo(person);
    if (person && button.dataset.does === "let-in") this.arrive(person, "search", true);
    const waiting = this.store.mine.get(button.dataset.gesture);
    if (waiting && button.dataset.does === "again") {
      waiting.fields = [...waiting.fields.filter(([name]) => name !== "let_in"), ["let_in", "1"]];
      this.queue.again(waiting);
      this.changed();
    }
    if (waiting && button.dataset.does === "drop") {
      this.store.remove(waiting);
      this.changed();
    }
  }

  turnTo(session) {
    const choice = this.root.querySelector("#door-session");
    choice.value = session;
    this.choose(session);
    choice.focus();
  }

  narrow(filter) {
    this.filter = filter;
    for (const button of this.root.querySelectorAll("[data-filter]")) button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
    this.paintList();
  }

  async toggleCamera(button) {
    if (this.camera.isOn) this.camera.stop();
    else {
      try {
        await this.camera.start();
      } catch {
        this.camera.stop();
        this.answer("check", { name: "", org: "" }, this.words.wordCameraNone);
      }
    }
    button.setAttribute("aria-pressed", String(this.camera.isOn));
    button.querySelector("span").textContent = this.camera.isOn ? this.words.wordCameraOff : this.words.wordCameraOn;
  }

  // ---- what the queue tells -------------------------------------------------------------------

  done(gesture, told) {
    if (told.contrary) this.contrary.set(gesture.key, told.contrary);
    if (told.party !== undefined) {
      const line = this.root.querySelector(`[data-party="${told.party}"] [name=present]`);
      if (line && document.activeElement !== line) line.value = told.present ?? "";
      return;
    }
    // The whole day's session is made by its first gesture: what waits for number 0 goes to it.
    if (gesture.session === "0" && String(told.session) !== "0") this.christen(String(told.session));
    this.list.told(told);
    if (told.contrary && this.shown === told.registration) this.answer("check", told.person, told.contrary);
    if (told.lacking) this.answer("check", told.person, told.message, { undo: told.person.id });
  }

  /** A link that was taken back, or whose time is over, ends the page at once. */
  ends(status) {
    if (GONE.has(status)) this.end();
    return GONE.has(status);
  }

  conflict(gesture, told) {
    this.queue.refuse(gesture, told.message ?? this.words.wordUnknown);
  }

  christen(session) {
    const choice = this.root.querySelector("#door-session option[value='0']");
    if (choice) choice.value = session;
    this.list.expected.set(session, this.list.expected.get("0") ?? new Set());
    this.list.state.there[session] ??= this.list.state.there["0"] ?? {};
    for (const one of this.store.all()) {
      if (one.session !== "0") continue;
      one.session = session;
      this.store.put(one);
    }
    if (this.session === "0") {
      this.session = session;
      for (const field of this.root.querySelectorAll("input[name=session]")) field.value = session;
    }
  }

  async poll() {
    if (document.hidden || this.polling || this.queue.sending) return;
    this.polling = true;
    try {
      const answer = await this.queue.ask(this.etag);
      if (GONE.has(answer.status)) return this.end();
      if (answer.type === "opaqueredirect" || answer.status === 403) this.queue.signedOut = true;
      else if (answer.status < 400) await this.heard(answer);
    } catch {
      this.queue.cut();
    } finally {
      this.polling = false;
      this.changed();
    }
  }

  async heard(answer) {
    if (answer.headers.get("X-Account") !== this.words.user) {
      this.queue.signedOut = true; // somebody else signed in on this device: these gestures are not theirs
      return;
    }
    this.queue.arrived();
    this.queue.token = answer.headers.get("X-CSRF-Token") ?? this.queue.token;
    this.ahead = Number(answer.headers.get("X-Now")) - Date.now();
    if (answer.status === 200) {
      this.etag = answer.headers.get("ETag") ?? "";
      const state = await answer.json();
      if (!state.open && !this.store.all().length) return this.end();
      if (state.open) this.renew(state);
    }
    await this.store.adopt();
    this.queue.send();
  }

  renew(state) {
    const [real] = Object.keys(state.expected);
    if (this.session === "0" && real && real !== "0") this.christen(real);
    this.list.take(state);
    for (const party of state.parties) {
      const field = this.root.querySelector(`[data-party="${party.id}"] [name=present]`);
      const waits = this.queue.unsent().some((one) => one.kind === "party");
      if (field && document.activeElement !== field && !waits) field.value = party.present ?? "";
    }
  }

  /** The link has ended: nothing of it stays on this device. */
  end() {
    clearInterval(this.ticking);
    this.camera.stop();
    const lost = this.store.all().map((one) => `${one.says} (${one.kind === "undo" ? this.words.wordLostUndo : ""}${this.hour(one.at)})`);
    this.store.mine.clear();
    forget(this.store.prefix);
    this.list.take({ people: [], expected: {}, there: {}, parties: [] });
    const said = document.createElement("p");
    said.className = "running-status";
    said.dataset.tone = "refused";
    said.setAttribute("role", "alert");
    said.textContent = [this.words.wordEnded, lost.length ? this.words.wordLost.replace("%s", lost.join(", ")) : ""].join(" ").trim();
    this.root.replaceChildren(said);
    this.ended = true;
  }

  // ---- what the page shows --------------------------------------------------------------------

  /** The one answer to a code or a name: a sign, a word, who, and what can be done. Never colour alone. */
  answer(tone, person, detail = "", does = {}) {
    const place = this.root.querySelector("[data-answer]");
    place.hidden = !tone;
    place.replaceChildren();
    this.shown = tone ? person.id : null;
    if (!tone) return;
    place.dataset.tone = tone;
    const word = { yes: this.words.wordYes, check: this.words.wordCheck, no: this.words.wordNo }[tone];
    const text = this.tag("div", "", "door-answer-text");
    text.append(this.tag("p", word, "door-answer-word"));
    if (person.name) text.append(this.tag("p", person.name, "door-answer-name"));
    if (person.org) text.append(this.tag("p", person.org));
    if (detail) text.append(this.tag("p", detail));
    if (does.letIn) text.append(this.button(this.words.wordLetIn, { person: does.letIn, does: "let-in" }, "btn"));
    if (does.undo) text.append(this.button(this.words.wordUndo, { person: does.undo, does: "undo" }, "btn btn-ghost"));
    place.append(this.root.querySelector(`template[data-answer-${tone}]`).content.cloneNode(true), text);
  }

  changed() {
    if (this.ended) return;
    const { present, expected } = this.list.counts(this.session);
    this.put("[data-present]", present);
    this.put("[data-expected]", expected);
    this.paintList();
    this.paintRefusals();
    this.paintOver();
    this.paintStatus();
  }

  put(selector, value) {
    const place = this.root.querySelector(selector);
    if (place.textContent !== String(value)) place.textContent = value;
  }

  paintList() {
    const place = this.root.querySelector("[data-people]");
    const { rows, more } = this.list.found(this.session, this.field.value, this.filter);
    const active = place.contains(document.activeElement) ? document.activeElement.dataset.person : null;
    place.replaceChildren(...rows.map((person) => this.line(person)));
    if (more) place.append(this.tag("li", this.words.wordMore.replace("%s", more), "text-secondary"));
    if (!rows.length && this.field.value.trim()) place.append(this.tag("li", this.words.wordNobody, "text-secondary"));
    if (active) place.querySelector(`[data-person="${active}"]`)?.focus();
  }

  line(person) {
    const { at, waits } = this.list.at(this.session, person.id);
    const line = this.tag("li", "", `door-person${at ? " is-there" : ""}`);
    const name = this.tag("span", "", "door-name");
    name.append(this.tag("strong", person.name));
    const since = at ? this.words.wordSince.replace("%s", this.hour(at)) : "";
    name.append(this.tag("span", [person.org, person.word, since, waits ? this.words.wordWaits : ""].filter(Boolean).join(" · "), "note"));
    const button = at
      ? this.button(this.words.wordUndo, { person: person.id, does: "undo" }, "btn btn-ghost", this.words.wordUndoOf.replace("%s", person.name))
      : this.button(this.words.wordArrive, { person: person.id, does: "meet" }, "btn", this.words.wordArriveOf.replace("%s", person.name));
    line.append(name, button);
    return line;
  }

  paintRefusals() {
    const place = this.root.querySelector("[data-refusals]");
    const refused = this.queue.refused();
    if (!refused.length && !this.contrary.size && !place.children.length) return;
    place.replaceChildren(...refused.map((one) => this.refusal(one)), ...[...this.contrary].map(([key, said]) => this.other(key, said)));
  }

  /** What another device saw later than this one: it stands, and is said. */
  other(key, said) {
    const box = this.tag("div", "", "refusal door-refusal");
    box.append(this.tag("p", said), this.button(this.words.wordSeen, { gesture: key, does: "seen" }, "btn btn-sm"));
    return box;
  }

  // ---- a session that is over -------------------------------------------------------------------

  option(session) {
    return this.root.querySelector(`#door-session option[value="${session}"]`);
  }

  isOver(session) {
    return this.now() >= Number(this.option(session)?.dataset.ends ?? Infinity);
  }

  paintOver() {
    const place = this.root.querySelector("[data-over]");
    const isOver = this.isOver(this.session);
    const coming = isOver ? this.coming() : null;
    const shown = isOver ? `${this.session}>${coming?.value ?? ""}` : "";
    if (place.dataset.shown === shown) return;
    place.hidden = !isOver;
    place.dataset.shown = shown;
    place.replaceChildren();
    if (!isOver) return;
    place.append(this.tag("p", this.words.wordOver.replace("%s", this.moment(Number(this.option(this.session).dataset.ends)))));
    if (coming) place.append(this.button(this.words.wordSwitch.replace("%s", coming.dataset.label), { switch: coming.value }, "btn btn-sm"));
  }

  /** The session to which people come now: the first that isn't over, workshops last. */
  coming() {
    const open = [...this.root.querySelectorAll("#door-session option")].filter((one) => !this.isOver(one.value));
    return open.find((one) => !one.dataset.workshop) ?? open[0] ?? null;
  }

  refusal(gesture) {
    const box = this.tag("div", "", "refusal door-refusal");
    box.append(this.tag("p", `${gesture.says} : ${gesture.refused}`));
    const row = this.tag("div", "", "row-flex");
    if (["arrive", "walk_in"].includes(gesture.kind)) row.append(this.button(this.words.wordLetIn, { gesture: gesture.key, does: "again" }, "btn btn-sm"));
    row.append(this.button(this.words.wordDrop, { gesture: gesture.key, does: "drop" }, "btn btn-sm btn-ghost"));
    box.append(row);
    return box;
  }

  paintStatus() {
    const [tone, sentence, link] = this.status();
    const place = this.root.querySelector("[data-status]");
    this.put("[data-status-text]", sentence);
    place.dataset.tone = tone;
    place.querySelector("a")?.remove();
    if (link && this.words.signIn) {
      const way = this.tag("a", this.words.wordSignInLink);
      way.href = this.words.signIn;
      place.append(way);
    }
  }

  status() {
    const { words, queue } = this;
    const waits = queue.unsent().length;
    if (queue.signedOut) return ["signed-out", words.wordSignIn, true];
    if (!this.store.works) return ["refused", queue.online || !waits ? words.wordNoStore : words.wordNoStoreWaits.replace("%s", waits)];
    if (!queue.online) return ["offline", [words.wordOfflineNone, words.wordOfflineOne][waits] ?? words.wordOfflineMany.replace("%s", waits)];
    if (waits) return ["saving", words.wordSaving];
    if (queue.refused().length) return ["refused", words.wordRefused];
    if (this.contrary.size) return ["refused", words.wordContrary];
    return ["saved", words.wordAll];
  }

  hour(at) {
    const parts = new Intl.DateTimeFormat("fr-BE", { hour: "numeric", minute: "2-digit", timeZone: "Europe/Brussels" }).formatToParts(at);
    const [hour, minute] = ["hour", "minute"].map((type) => parts.find((part) => part.type === type).value);
    return `${Number(hour)}\u00a0h\u00a0${minute}`;
  }

  /** An hour, with its day where that isn't today. */
  moment(at) {
    const day = (one) => new Intl.DateTimeFormat("fr-BE", { day: "2-digit", month: "2-digit", timeZone: "Europe/Brussels" }).format(one);
    return day(at) === day(this.now()) ? this.hour(at) : `${day(at)}, ${this.hour(at)}`;
  }

  tag(name, text = "", className = "") {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  button(word, data, className, label = "") {
    const made = this.tag("button", word, className);
    made.type = "button";
    if (label) made.setAttribute("aria-label", label);
    Object.assign(made.dataset, data);
    return made;
  }
}

for (const root of document.querySelectorAll("[data-door]")) new Door(root);
