import { speakDay } from "./history.js";

const MOST = 400;

/** What came and what left, at a step of the slider or between two days: a sentence, and a table that can be sorted. */
export class Changes {
  constructor(section, page) {
    this.section = section;
    this.page = page;
    this.sentence = page.section.querySelector("[data-change]");
    this.found = null;
    for (const button of section?.querySelectorAll("[data-sort]") ?? []) button.addEventListener("click", () => this.sort(Number(button.dataset.sort)));
  }

  /** The last day up to this one on which something changed; null before the first, and until the slider was moved. */
  stepAt(day, changes) {
    let found = null;
    for (const change of changes) {
      if (change > day) break;
      found = change;
    }
    return found;
  }

  /** Says the change of a step. While playing, the sentence is written but not read out at each step. */
  tell(step, { playing }) {
    const { page } = this;
    this.sentence.setAttribute("aria-live", playing ? "off" : "polite");
    if (page.compared !== null) return this.compare();
    if (step === null) {
      this.found = null;
      this.sentence.textContent = page.words.say("before_all");
      return;
    }
    this.before = step - 1;
    this.after = step;
    this.found = page.history.between(step - 1, step, page.kept());
    const sentence = this.words(this.found, step);
    this.sentence.textContent = page.wish.day === step ? sentence : page.words.say("last_change", { change: sentence });
  }

  /** Says what came and left between the two days that are compared. */
  compare() {
    const { page } = this;
    this.before = page.wish.before;
    this.after = page.wish.day;
    this.found = page.history.between(this.before, this.after, page.kept());
    const [from, to] = [this.before, this.after].map((day) => speakDay(day, page.words.language));
    this.sentence.textContent = `${page.words.say("between", { from, to })} ${this.counts(this.found).join(" ; ") || page.words.say("nothing")}`;
    this.list();
  }

  names(places) {
    return this.page.words.names(places.map((place) => this.page.history.actors.label[place]));
  }

  counts({ came, left, made, lost }) {
    const { words } = this.page;
    const found = [];
    if (came.length) found.push(words.some("came", came.length, { names: this.names(came) }));
    if (made.length) found.push(words.some("made", made.length));
    if (left.length) found.push(words.some("left", left.length, { names: this.names(left) }));
    if (lost.length) found.push(words.some("lost", lost.length));
    return found;
  }

  /** Who is gone was there until the day before: that is the day people know. */
  words({ came, left, made, lost }, step) {
    const { words } = this.page;
    const speak = (day) => speakDay(day, words.language);
    const gone = this.counts({ came: [], made: [], left, lost });
    const arrived = this.counts({ came, made, left: [], lost: [] });
    const parts = [];
    if (gone.length) parts.push(words.say("after_day", { day: speak(step - 1), what: gone.join(" ; ") }));
    if (arrived.length) parts.push(words.say("on_day", { day: speak(step), what: arrived.join(" ; ") }));
    return parts.join(" ") || words.say("nothing");
  }

  /** The rows of the table: what happened, to whom, which relation, with whom. */
  rows() {
    const { history, words } = this.page;
    const { actors, ties, relations } = history;
    const actor = (kind) => (place) => [words.say(`row_${kind}`), actors.name[place], "", "", place];
    const tie = (kind) => (number) => {
      const { label } = relations[ties.relation[number]];
      return [words.say(`row_${kind}`), actors.name[ties.source[number]], label, actors.name[ties.target[number]], ties.source[number]];
    };
    const { came, left, made, lost } = this.found;
    return [...came.map(actor("came")), ...left.map(actor("left")), ...made.map(tie("made")), ...lost.map(tie("lost"))];
  }

  list() {
    if (!this.section) return;
    this.lines = this.found ? this.rows() : [];
    this.section.hidden = this.lines.length === 0;
    if (!this.lines.length) return;
    const { words } = this.page;
    const [from, to] = [this.before, this.after].map((day) => speakDay(day, words.language));
    this.section.querySelector("[data-when]").textContent = this.page.compared === null && this.after - this.before === 1 ? words.say("step_title", { from, to }) : words.say("between_title", { from, to });
    this.section.querySelector(".list-count").textContent = words.some("changes", this.lines.length);
    const more = this.section.querySelector("[data-more]");
    more.hidden = this.lines.length <= MOST;
    const link = this.section.querySelector("[data-compare]");
    const address = new URL(link.href);
    const iso = (day) => new Date(day * 24 * 3600 * 1000).toISOString().slice(0, 10);
    address.searchParams.set("de", iso(this.before));
    address.searchParams.set("a", iso(this.after));
    link.href = address;
    this.write();
  }

  write() {
    const body = this.section.querySelector("tbody");
    const labels = [...this.section.querySelectorAll("thead [data-sort]")].map((button) => button.textContent.trim());
    body.replaceChildren(...this.lines.slice(0, MOST).map((cells) => {
      const row = document.createElement("tr");
      cells.slice(0, 4).forEach((text, column) => {
        const cell = document.createElement(column === 1 ? "th" : "td");
        if (column === 1) {
          cell.scope = "row";
          cell.className = "cell-main";
        }
        cell.dataset.label = labels[column];
        cell.textContent = text || "–";
        row.append(cell);
      });
      return row;
    }));
  }

  sort(column) {
    const heads = [...this.section.querySelectorAll("thead th")];
    const down = heads[column].getAttribute("aria-sort") === "ascending";
    heads.forEach((head, place) => (place === column ? head.setAttribute("aria-sort", down ? "descending" : "ascending") : head.removeAttribute("aria-sort")));
    this.lines.sort((a, b) => a[column].localeCompare(b[column], this.page.words.language) * (down ? -1 : 1));
    this.write();
  }
}
