import { dateOf, speakDay } from "./history.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const PACE = 900; // milliseconds that a step stays while the history is played
const CALM_PACE = 2200;
const MOST_STEPS = 90; // a longer history is played by months or years, so that it ends within a minute or two
const BARS = 120;

/** The slider of time: every day can be reached; arrows, buttons and playing go from change to change. */
export class Timeline {
  playing = null;

  /** `shown(day, { settled, playing })` is called for each day shown. */
  constructor(root, { first, last, day, today, changes, words, shown }) {
    Object.assign(this, { root, first, last, day, today, changes, words, shown });
    this.range = root.querySelector("[data-range]");
    this.label = root.querySelector("[data-day]");
    this.buttons = { before: root.querySelector("[data-before]"), after: root.querySelector("[data-after]"), play: root.querySelector("[data-play]") };
    this.range.min = first;
    this.range.max = last;
    this.range.value = day;
    this.range.addEventListener("input", () => this.show(Number(this.range.value)));
    this.range.addEventListener("change", () => this.settle());
    this.range.addEventListener("keydown", (event) => this.key(event));
    this.buttons.before.addEventListener("click", () => this.leap(-1));
    this.buttons.after.addEventListener("click", () => this.leap(1));
    this.buttons.play.addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    root.querySelector("[data-first]").textContent = dateOf(first).slice(0, 4);
    root.querySelector("[data-last]").textContent = dateOf(last).slice(0, 4);
    this.bars();
    this.tell();
    root.hidden = false;
  }

  /** How much changes when: a bar for each stretch of time, so that one sees where to look. */
  bars() {
    const counts = new Array(BARS).fill(0);
    for (const day of this.changes) {
      if (day < this.first || day > this.last) continue;
      counts[Math.min(BARS - 1, Math.floor(((day - this.first) / Math.max(1, this.last - this.first)) * BARS))] += 1;
    }
    const most = Math.max(1, ...counts);
    const drawing = this.root.querySelector("[data-bars]");
    drawing.setAttribute("viewBox", `0 0 ${BARS} 10`);
    const path = counts.map((count, place) => (count ? `M${place + 0.5} 10v${-(2 + (8 * count) / most)}` : "")).join("");
    drawing.querySelector("path").setAttribute("d", path);
  }

  /** The change next to a day, before (-1) or after (1) it; null at the end. */
  next(day, way) {
    const days = this.changes;
    if (way > 0) return days.find((change) => change > day && change <= this.last) ?? null;
    for (let at = days.length - 1; at >= 0; at -= 1) if (days[at] < day && days[at] >= this.first) return days[at];
    return day > this.first ? this.first : null;
  }

  key(event) {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const years = { PageUp: 1, PageDown: -1 }[event.key];
    if (!way && !years) return;
    event.preventDefault();
    if (way) return this.leap(way);
    const date = new Date(this.day * 24 * 3600 * 1000);
    date.setUTCFullYear(date.getUTCFullYear() + years);
    this.show(Math.max(this.first, Math.min(this.last, Math.round(date.getTime() / (24 * 3600 * 1000)))));
    this.settle();
  }

  leap(way) {
    this.pause();
    const day = this.next(this.day, way) ?? (way > 0 ? this.last : this.first);
    this.show(day);
    this.settle();
  }

  show(day, playing = false) {
    if (!playing) this.pause(false);
    this.day = day;
    this.range.value = day;
    this.tell();
    this.shown(day, { settled: false, playing });
  }

  /** Sets a day that was chosen elsewhere, such as in the field of the date. */
  set(day) {
    this.last = Math.max(this.last, day);
    this.first = Math.min(this.first, day);
    this.range.min = this.first;
    this.range.max = this.last;
    this.show(day);
    this.settle();
  }

  settle() {
    this.shown(this.day, { settled: true, playing: false });
  }

  tell() {
    const spoken = speakDay(this.day, this.words.language);
    this.range.setAttribute("aria-valuetext", spoken);
    this.label.textContent = this.day === this.today ? this.words.say("today", { day: spoken }) : spoken;
    this.buttons.before.disabled = this.day <= this.first;
    this.buttons.after.disabled = this.day >= this.last;
  }

  /** The days at which playing stops: each change, or the last of each month or year where they are many. */
  stops() {
    const ahead = Array.from(this.changes).filter((day) => day > this.day && day <= this.last);
    for (const length of [10, 7, 4]) {
      const last = length === 10 ? ahead : ahead.filter((day, at) => dateOf(day).slice(0, length) !== (at + 1 < ahead.length ? dateOf(ahead[at + 1]).slice(0, length) : ""));
      if (last.length <= MOST_STEPS || length === 4) return last;
    }
    return ahead;
  }

  play() {
    if (this.next(this.day, 1) === null) this.show(this.first, true);
    const stops = this.stops();
    this.state(true);
    const go = () => {
      const day = stops.shift();
      if (day === undefined) {
        this.show(this.last, true);
        return this.pause();
      }
      this.show(day, true);
      this.playing = setTimeout(go, calm.matches ? CALM_PACE : PACE);
    };
    this.playing = setTimeout(go, 150);
  }

  pause(settle = true) {
    if (!this.playing) return;
    clearTimeout(this.playing);
    this.playing = null;
    this.state(false);
    if (settle) this.settle();
  }

  state(playing) {
    const { play } = this.buttons;
    play.setAttribute("aria-pressed", String(playing));
    play.setAttribute("aria-label", this.words.say(playing ? "pause" : "play"));
    play.title = this.words.say(playing ? "pause" : "play");
    for (const icon of play.querySelectorAll("[data-when]")) icon.toggleAttribute("hidden", (icon.dataset.when === "playing") !== playing);
  }
}
