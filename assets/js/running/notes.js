import { newKey } from "./store.js";

const PAUSE = 1200;

/** Puts a text in a field without moving the place where somebody writes. */
export function replaceText(field, text) {
  const before = field.value;
  if (before === text) return;
  let start = 0;
  while (start < before.length && start < text.length && before[start] === text[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, text.length) - start;
  while (end < most && before[before.length - 1 - end] === text[text.length - 1 - end]) end += 1;
  field.setRangeText(text.slice(start, text.length - end), start, before.length - end, "preserve");
}

/** Texts that save themselves: the notes of each point, and texts kept beside them. What is typed is on the device at once;
 *  it is sent 1.2 s after the last key, on leaving the field and on hiding the page. */
export class Notes {
  constructor(root, store, queue) {
    this.root = root;
    this.store = store;
    this.queue = queue;
    this.timers = new Map();
    this.versions = new Map();
    root.addEventListener("input", (event) => this.typed(event.target));
    root.addEventListener("focusout", (event) => this.leave(event.target));
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.flush(); });
    addEventListener("pagehide", () => this.flush());
    for (const form of root.querySelectorAll("form[data-notes]")) this.known(form);
  }

  /** Learns which version the page shows of a point's notes. */
  known(form) {
    this.versions.set(form.dataset.notes, Number(form.elements.version.value));
  }

  form(item) {
    return this.root.querySelector(`form[data-notes="${item}"]`);
  }

  pending(thread) {
    return this.queue.unsent().filter((gesture) => gesture.thread === thread);
  }

  typed(field) {
    const form = field.closest("form[data-notes]");
    if (form && field.name === "text") {
      this.write(`notes-${form.dataset.notes}`, "notes", form.getAttribute("action"), form.dataset.notes, field.value);
      this.say(form.dataset.notes, this.root.dataset.wordUnsaved);
    } else if (field.matches("textarea[data-kept]")) {
      const item = field.closest("[data-point]").dataset.point;
      this.write(`kept-${field.closest("[data-conflict]").dataset.conflict}`, "kept", field.dataset.kept, item, field.value);
    }
  }

  /** Keeps what stands in a field. A saving that was tried may have arrived: it stays as it is, and another follows it. */
  write(thread, kind, url, item, text) {
    const waiting = this.pending(thread);
    const last = waiting.at(-1);
    let gesture = last;
    if (!last || last.tried) {
      gesture = { key: newKey(), kind, thread, url, item, says: text, after: last?.key, base: this.versions.get(item) };
    }
    gesture.says = text;
    gesture.ready = false;
    gesture.fields = this.fields(gesture);
    this.store.put(gesture);
    this.queue.page.changed();
    clearTimeout(this.timers.get(thread));
    this.timers.set(thread, setTimeout(() => this.ready(thread), PAUSE));
  }

  fields(gesture) {
    const version = gesture.kind === "notes" ? [["version", String(gesture.base ?? 0)]] : [];
    return [["text", gesture.says], ...version];
  }

  ready(thread) {
    clearTimeout(this.timers.get(thread));
    this.timers.delete(thread);
    for (const gesture of this.pending(thread)) {
      gesture.ready = true;
      this.store.put(gesture);
    }
    this.queue.send();
  }

  leave(field) {
    const form = field.closest?.("form[data-notes]");
    if (form) this.ready(`notes-${form.dataset.notes}`);
    if (field.matches?.("textarea[data-kept]")) this.ready(`kept-${field.closest("[data-conflict]").dataset.conflict}`);
  }

  flush() {
    for (const thread of [...this.timers.keys()]) this.ready(thread);
  }

  /** A saving arrived: what follows it starts from the version that it became. */
  saved(gesture, told) {
    if (gesture.kind !== "notes") return;
    this.versions.set(gesture.item, told.version);
    for (const next of this.pending(gesture.thread)) {
      next.base = told.version;
      next.after = undefined;
      next.fields = this.fields(next);
      this.store.put(next);
    }
    if (!this.pending(gesture.thread).length) this.say(gesture.item, `${this.root.dataset.wordNoted} ${told.notes[gesture.item]?.saved ?? ""}`);
  }

  /** Somebody else had written: the stored notes come into their field, and one's own text goes on in its own.
   *  Returns the text as it stands now, and where somebody was writing in it. */
  setAside(gesture, told) {
    const waiting = this.pending(gesture.thread);
    const text = waiting.at(-1)?.says ?? gesture.says;
    const field = this.form(gesture.item)?.elements.text;
    const caret = field && document.activeElement === field ? [field.selectionStart, field.selectionEnd] : null;
    for (const next of waiting) {
      Object.assign(next, { kind: "kept", thread: `kept-${told.kept}`, url: `/reunions/conflits/${told.kept}` });
      next.fields = this.fields(next);
      this.store.put(next);
    }
    clearTimeout(this.timers.get(gesture.thread));
    this.timers.delete(gesture.thread);
    if (waiting.length) this.ready(`kept-${told.kept}`);
    this.take(gesture.item, { version: told.version, text: told.current, saved: "" }, true);
    return { text, caret };
  }

  /** Takes in what others have saved, unless somebody is writing here. */
  take(item, notes, always = false) {
    const form = this.form(item);
    if (!form || (!always && this.pending(`notes-${item}`).length)) return;
    if (!always && (this.versions.get(item) ?? 0) > notes.version) return;
    this.versions.set(item, notes.version);
    form.elements.version.value = notes.version;
    replaceText(form.elements.text, notes.text);
    if (notes.saved) this.say(item, `${this.root.dataset.wordNoted} ${notes.saved}`);
  }

  /** Shows again what was typed and not confirmed before the page was left. */
  restore(gesture) {
    const field = gesture.kind === "notes"
      ? this.form(gesture.item)?.elements.text
      : this.root.querySelector(`textarea[data-kept="${gesture.url}"]`);
    if (field) field.value = gesture.says;
    if (gesture.kind === "notes") {
      if (gesture.base !== undefined) this.versions.set(gesture.item, gesture.base);
      this.say(gesture.item, this.root.dataset.wordUnsaved);
    }
  }

  say(item, sentence) {
    const place = this.form(item)?.querySelector("[data-saved]");
    if (place) place.textContent = sentence;
  }
}
