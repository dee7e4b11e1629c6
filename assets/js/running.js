// The page that runs a meeting: every gesture goes through one queue kept on this device, so that a connection
// that drops, a page that is reloaded or a tablet that sleeps loses nothing. Without it the forms work as forms.
import { announce } from "./announce.js";
import { Clock } from "./running/clock.js";
import { Notes } from "./running/notes.js";
import { Queue } from "./running/queue.js";
import { newKey, Store } from "./running/store.js";

const POLL = 12000;
const BLANK = "2147483646"; // the number of the point that does not exist yet, in its template

class Running {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.store = new Store(root.dataset.user, root.dataset.running);
    this.queue = new Queue(root, this.store, this);
    this.notes = new Notes(root, this.store, this.queue);
    this.clock = new Clock(root);
    this.etag = "";
    this.said = "";
    root.addEventListener("submit", (event) => this.submitted(event));
    root.addEventListener("click", (event) => this.clicked(event));
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("toggle", (event) => this.opened(event), true);
    addEventListener("running:leave", () => this.store.mine.clear());
    addEventListener("beforeunload", (event) => { if (this.queue.unsent().length) event.preventDefault(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.poll(); });
    addEventListener("online", () => this.poll());
    setInterval(() => this.poll(), POLL);
    this.narrow();
    this.begin();
  }

  async begin() {
    this.restore(await this.store.adopt());
    this.changed();
    this.queue.send();
  }

  /** On a narrow screen the agenda comes first: the sheet of presences opens with a tap. */
  narrow() {
    if (matchMedia("(width < 64rem)").matches) this.root.querySelector("[data-attendance]").open = false;
  }

  restore(gestures) {
    for (const gesture of gestures) {
      if (gesture.refused) continue;
      if (gesture.kind === "point") this.placeholder(gesture);
      if (gesture.kind === "notes" || gesture.kind === "kept") this.notes.restore(gesture);
      if (gesture.kind === "decision") this.offer(gesture);
    }
  }

  // ---- what people do ------------------------------------------------------------------------

  submitted(event) {
    const form = event.target;
    if (form.matches("form[data-notes]")) {
      event.preventDefault();
      this.notes.leave(form.elements.text);
      return;
    }
    if (!form.matches("form[data-gesture]")) {
      form.elements.csrf_token.value ||= this.queue.token; // fragments hold none
      return;
    }
    event.preventDefault();
    if (!form.reportValidity()) return;
    const data = new FormData(form, event.submitter);
    data.delete("csrf_token");
    const kind = form.dataset.gesture;
    const gesture = {
      key: newKey(), kind, url: form.getAttribute("action"), fields: [...data], ready: true,
      item: form.closest("[data-point]")?.dataset.point ?? "0", word: form.dataset.word ?? "",
      says: data.get(form.dataset.says) ?? "", line: form.closest("[data-line]")?.dataset.line,
    };
    if (kind === "merge") this.notes.flush();
    if (kind === "point") this.placeholder(gesture);
    if (kind === "decision") this.offer(gesture);
    this.queue.add(gesture);
    this.tidy(form, kind);
  }

  /** After a gesture its form is empty and closed, and the hand is back at the button that opened it. */
  tidy(form, kind) {
    if (kind === "presence" || kind === "merge" || kind === "open") return;
    form.reset();
    const sheet = form.closest("details.gesture");
    sheet.open = false;
    if (kind === "point") this.root.querySelector("[data-point]:last-of-type textarea.notes")?.focus();
    else sheet.querySelector("summary").focus();
  }

  opened(event) {
    const sheet = event.target;
    if (sheet.matches?.("details.gesture") && sheet.open) sheet.querySelector("textarea, input:not([type=hidden])")?.focus();
  }

  /** Enter sends a short text; with Shift it begins a new line. */
  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("[data-enter]")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  }

  clicked(event) {
    const button = event.target.closest("button, a");
    if (!button) return;
    if (button.matches("[data-join]")) this.join(button.closest("[data-conflict]"));
    if (button.matches("[data-again]")) this.queue.again(this.store.mine.get(button.dataset.again));
    if (button.matches("[data-let-go]")) {
      this.store.remove(this.store.mine.get(button.dataset.letGo));
      this.changed();
    }
    if (button.matches("[data-close-meeting]") && (this.store.all().length || !this.queue.online)) {
      event.preventDefault();
      announce(this.words.wordWait);
    }
  }

  /** Puts the stored notes before one's own text, to make one of both. */
  join(panel) {
    const field = panel.querySelector("textarea");
    const stored = this.root.querySelector(`form[data-notes="${panel.closest("[data-point]").dataset.point}"]`).elements.text.value;
    field.value = [stored.trimEnd(), field.value].filter(Boolean).join("\n\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  // ---- a point that the server doesn't know yet ----------------------------------------------

  placeholder(gesture) {
    const token = `new${gesture.key}`;
    const holder = document.createElement("template");
    holder.innerHTML = this.root.querySelector("template[data-point-blank]").innerHTML.replaceAll(BLANK, token);
    const point = holder.content.querySelector("[data-point]");
    const title = gesture.fields.find(([name]) => name === "title")[1];
    const number = this.root.querySelectorAll("[data-points] > [data-point]").length + 1;
    point.querySelector(".point-title").textContent = `${number}. ${title}`;
    point.querySelector(".point-facts").append(this.tag("span", this.words.wordWaiting, "text-secondary"));
    this.root.querySelector("[data-points]").append(point);
    this.root.querySelector("[data-no-points]").hidden = true;
    this.notes.known(point.querySelector("form[data-notes]"));
  }

  /** The server has given it its number: the page and what waits for it take it on. */
  christen(gesture, id) {
    const token = `new${gesture.key}`;
    const point = this.root.querySelector(`[data-point="${token}"]`);
    for (const waiting of this.store.all()) {
      if (waiting.item !== token) continue;
      waiting.item = String(id);
      waiting.url = waiting.url.replace(token, id);
      waiting.thread = waiting.thread?.replace(token, id);
      this.store.put(waiting);
    }
    if (!point) return;
    point.querySelector(".point-facts").lastElementChild.remove();
    for (const element of [point, ...point.querySelectorAll("*")]) {
      for (const attribute of element.attributes) {
        if (attribute.value.includes(token)) element.setAttribute(attribute.name, attribute.value.replaceAll(token, id));
      }
    }
    this.notes.versions.set(String(id), 0);
    this.notes.flush();
  }

  /** An action may follow a decision that was just taken, even one that waits to be sent. */
  offer(gesture) {
    for (const list of this.root.querySelectorAll("[data-decisions]")) {
      if ([...list.options].some((option) => option.value === gesture.key)) continue;
      list.append(new Option(`${gesture.says.slice(0, 70)} (${this.words.wordNotYet})`, gesture.key));
    }
  }

  // ---- what the server answers ---------------------------------------------------------------

  done(gesture, told) {
    if (gesture.kind === "point") this.christen(gesture, told.id);
    if (gesture.kind === "notes") this.notes.saved(gesture, told);
    if (gesture.kind === "decision") this.named(gesture);
    this.show(told, gesture.kind === "merge");
  }

  /** The decision has arrived: it is said without « pas encore envoyée ». */
  named(gesture) {
    for (const option of this.root.querySelectorAll(`[data-decisions] option[value="${gesture.key}"]`)) {
      option.textContent = gesture.says.slice(0, 70);
    }
  }

  conflict(gesture, told) {
    const mine = gesture.kind === "notes" ? this.notes.setAside(gesture, told) : null;
    this.show(told, true);
    const field = this.root.querySelector(`[data-conflict="${told.kept}"] textarea`);
    if (field && mine) {
      field.value = mine.text;
      if (mine.caret) {
        field.focus();
        field.setSelectionRange(...mine.caret);
      }
    }
    announce(field?.closest("[data-conflict]").querySelector(".conflict-title").textContent ?? "");
  }

  show(told, always = false) {
    for (const [id, html] of Object.entries(told.fragments)) this.swap(id, html, always);
    for (const [item, notes] of Object.entries(told.notes)) {
      this.notes.take(item, notes);
      this.swap(`apercu-${item}`, notes.preview, true);
      const slot = this.root.querySelector(`[data-point="${item}"] [data-slot]`);
      if (slot && notes.slot) slot.textContent = notes.slot;
    }
    this.clock.begin(told.opened_at);
    const known = new Set([...this.root.querySelectorAll("[data-points] > [data-point]")].map((point) => point.dataset.point));
    if (told.points.some((id) => !known.has(String(id))) && !this.queue.unsent().some((one) => one.kind === "point")) this.fetchPoints();
    this.changed();
  }

  /** Puts a fragment in its place, keeps the focus, and leaves alone where somebody is writing or choosing. */
  swap(id, html, always) {
    const place = document.getElementById(id);
    if (!place || place.innerHTML.trim() === html) return;
    const active = place.contains(document.activeElement) ? document.activeElement : null;
    const busy = active?.matches("select, textarea") || this.queue.unsent().some((one) => one.kind === "kept" && place.querySelector(`[data-kept="${one.url}"]`));
    if (busy && !always) {
      this.refreshStored(place, html);
      return;
    }
    const open = [...place.querySelectorAll("details[open][id]")].map((one) => one.id);
    place.innerHTML = html;
    for (const one of open) document.getElementById(one)?.setAttribute("open", "");
    if (active?.id) document.getElementById(active.id)?.focus();
  }

  /** Beside a text that is being written, the stored notes stay true. */
  refreshStored(place, html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    for (const panel of place.querySelectorAll("[data-conflict]")) {
      const stored = fresh.content.querySelector(`[data-conflict="${panel.dataset.conflict}"] [data-stored]`);
      if (stored) panel.querySelector("[data-stored]").textContent = stored.textContent;
    }
  }

  /** Another person added a point: it is taken from the page itself. */
  async fetchPoints() {
    const answer = await fetch(location.pathname, { cache: "no-store", redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = this.root.querySelector("[data-points]");
    for (const point of page.querySelectorAll("[data-points] > [data-point]")) {
      if (this.root.querySelector(`[data-point="${point.dataset.point}"]`)) continue;
      list.append(document.adoptNode(point));
      this.notes.known(point.querySelector("form[data-notes]"));
    }
    this.root.querySelector("[data-no-points]").hidden = true;
  }

  async poll() {
    if (document.hidden || this.polling || this.queue.sending) return;
    this.polling = true;
    try {
      const answer = await this.queue.ask(this.etag);
      if (answer.type === "opaqueredirect" || answer.headers.get("X-Account") !== this.words.user) {
        this.queue.signedOut = answer.type === "opaqueredirect" || answer.status < 400;
      } else {
        this.queue.arrived();
        this.queue.token = answer.headers.get("X-CSRF-Token") ?? this.queue.token;
        if (answer.status === 200) {
          this.etag = answer.headers.get("ETag") ?? "";
          this.show(await answer.json());
        }
        this.restore(await this.store.adopt());
        this.queue.send();
      }
    } catch {
      this.queue.cut();
    } finally {
      this.polling = false;
      this.changed();
    }
  }

  // ---- what the page says --------------------------------------------------------------------

  changed() {
    this.paint();
    const unsent = this.queue.unsent();
    const place = this.root.querySelector("[data-status]");
    const [tone, sentence, link] = this.status(unsent, this.queue.refused());
    const text = place.querySelector("[data-status-text]");
    if (text.textContent !== sentence) text.textContent = sentence;
    place.dataset.tone = tone;
    place.querySelector("a")?.remove();
    if (link) {
      const way = this.tag("a", this.words.wordSignInLink);
      way.href = this.words.signIn;
      place.append(way);
    }
    if (tone !== this.said && tone !== "saving" && (tone !== "saved" || this.said === "offline")) announce(sentence);
    if (tone !== "saving") this.said = tone;
  }

  status(unsent, refused) {
    const words = this.words;
    if (this.queue.signedOut) return ["signed-out", words.wordSignIn, true];
    if (!this.store.works) return ["refused", words.wordNoStore];
    if (!this.queue.online) {
      const many = unsent.length > 1 ? words.wordOfflineMany.replace("%s", unsent.length) : words.wordOfflineOne;
      return ["offline", unsent.length ? many : words.wordOfflineNone];
    }
    if (unsent.length) return ["saving", words.wordSaving];
    if (refused.length) return ["refused", words.wordRefused];
    return ["saved", this.queue.savedAt ? `${words.wordSaved} ${this.hour(this.queue.savedAt)}` : words.wordAll];
  }

  hour(moment) {
    const minutes = String(moment.getMinutes()).padStart(2, "0");
    const french = document.documentElement.lang === "fr";
    return french ? `${moment.getHours()}\u00a0h\u00a0${minutes}` : `${String(moment.getHours()).padStart(2, "0")}:${minutes}`;
  }

  /** What waits is shown at once where it belongs, and said to wait; what was refused, with its words. */
  paint() {
    for (const list of this.root.querySelectorAll("[data-waiting]")) {
      const waiting = this.queue.unsent().filter((one) => one.word && one.kind !== "point" && one.item === list.dataset.waiting);
      list.replaceChildren(...waiting.map((one) => this.waiting(one)));
    }
    for (const place of this.root.querySelectorAll("[data-refused]")) {
      const here = this.queue.refused().filter((one) => this.placeOf(one) === place.dataset.refused);
      if (!here.length && !place.children.length) continue;
      if (place.contains(document.activeElement) && place.children.length === here.length) continue;
      place.replaceChildren(...here.map((one) => this.refusal(one)));
    }
    for (const one of this.queue.unsent()) if (one.kind === "presence" && one.line) this.press(one);
  }

  placeOf(gesture) {
    return this.root.querySelector(`[data-refused="${gesture.item}"]`) ? gesture.item : "0";
  }

  press(gesture) {
    const value = gesture.fields.find(([name]) => name === "presence")[1];
    for (const button of this.root.querySelectorAll(`[data-line="${gesture.line}"] button[data-presence]`)) {
      const pressed = button.dataset.presence === value;
      button.setAttribute("aria-pressed", String(pressed));
      button.value = pressed ? "none" : button.dataset.presence;
    }
  }

  waiting(gesture) {
    const line = this.tag("li", "", "captured is-waiting");
    line.append(this.tag("span", gesture.word, "state state-neutral"), this.tag("span", gesture.says, "captured-text"), this.tag("span", this.words.wordWaiting, "captured-note"));
    return line;
  }

  refusal(gesture) {
    const box = this.tag("div", "", "callout callout-danger refusal");
    const body = this.tag("div", "", "callout-body");
    body.append(this.tag("p", `${this.words.wordNotAccepted} : ${gesture.refused}`, "callout-title"));
    const typed = gesture.fields.filter(([name, value]) => value && !["version", "presence", "method"].includes(name));
    body.append(this.tag("p", gesture.says || typed.map(([, value]) => value).join(" · "), "refusal-words"));
    const again = this.tag("button", this.words.wordAgain, "btn btn-sm");
    const letGo = this.tag("button", this.words.wordDismiss, "btn btn-sm btn-ghost");
    again.type = letGo.type = "button";
    again.dataset.again = gesture.key;
    letGo.dataset.letGo = gesture.key;
    body.append(again, letGo);
    box.append(body);
    return box;
  }

  tag(name, text, className = "") {
    const element = document.createElement(name);
    element.textContent = text;
    if (className) element.className = className;
    return element;
  }
}

// The script is deferred: the page is there.
const root = document.querySelector("[data-running]");
if (root) new Running(root);
