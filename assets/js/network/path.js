// The shortest way between two actors along the ties that the picture shows, in the picture and in words.

export class PathPanel {
  constructor(page) {
    this.page = page;
    this.form = page.section.querySelector("[data-path-form]");
    this.answer = this.form.querySelector("[data-path-answer]");
    this.button = page.section.querySelector("[data-path]");
    this.ends = { from: null, to: null };
    for (const input of this.form.querySelectorAll("[data-path-end]")) {
      const end = input.dataset.pathEnd;
      page.offer(input, document.getElementById(`${input.id}-found`), (place) => {
        this.ends[end] = place;
        if (end === "from") this.form.querySelector("[data-path-end=to]").focus();
        else this.find();
      });
      input.addEventListener("input", () => { this.ends[end] = null; });
    }
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.find();
    });
    this.form.querySelector("[data-path-close]").addEventListener("click", () => this.close());
  }

  open({ from = null, to = null, quiet = false } = {}) {
    this.form.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    if (from !== null) this.set("from", from);
    if (to !== null && to !== undefined) this.set("to", to);
    if (this.ends.from !== null && this.ends.to !== null) this.find();
    if (!quiet) this.form.querySelector(`[data-path-end=${this.ends.from === null ? "from" : "to"}]`).focus();
  }

  set(end, place) {
    this.ends[end] = place;
    this.form.querySelector(`[data-path-end=${end}]`).value = this.page.history.actors.label[place];
  }

  close() {
    this.form.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    this.page.clear();
    this.button.focus();
  }

  /** Takes the path out of the picture; what was asked for stays written. */
  forget() {
    this.answer.replaceChildren();
  }

  find() {
    const { page, ends } = this;
    const { words, history, stage } = page;
    if (ends.from === null || ends.to === null) return this.say(words.say("path_unknown"));
    if (ends.from === ends.to) return this.say(words.say("path_same"));
    const names = { from: history.actors.label[ends.from], to: history.actors.label[ends.to] };
    const path = stage.scene.path(ends.from, ends.to);
    page.to = "";
    if (!path) {
      stage.mark(null);
      return this.say(words.say("path_none", names));
    }
    const steps = path.slice(1).map((next, at) => ({ one: path[at], next, ties: stage.scene.between(path[at], next) }));
    if (stage.chosen !== ends.from) stage.chosen = ends.from;
    stage.mark(path, steps.flatMap(({ ties }) => ties));
    stage.frame(path);
    page.to = history.slug(ends.to);
    this.say(words.some("path_found", steps.length, names), steps);
    page.rememberPath();
    return path;
  }

  /** Writes the answer: a sentence, and each step with the ties that make it. */
  say(sentence, steps = []) {
    const head = document.createElement("p");
    head.textContent = sentence;
    this.answer.replaceChildren(head);
    if (!steps.length) return;
    const list = document.createElement("ol");
    for (const step of steps) list.append(this.step(step));
    this.answer.append(list);
  }

  step({ one, next, ties }) {
    const { history, words } = this.page;
    const { label } = history.actors;
    const said = new Set(ties.map((tie) => {
      const { label: outwards, reverse } = history.relations[history.ties.relation[tie]];
      return history.ties.source[tie] === one ? outwards : reverse;
    }));
    const item = document.createElement("li");
    item.append(`${label[one]} ${words.names([...said], 3)} `);
    const link = document.createElement("a");
    link.href = `?centre=${encodeURIComponent(history.slug(next))}`;
    link.dataset.show = history.slug(next);
    link.textContent = label[next];
    item.append(link);
    return item;
  }
}
