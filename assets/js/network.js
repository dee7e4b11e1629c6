// The network page: the picture, its time, its card, its legend and its views. Without this script the page has a still picture
// and the same table.
import "../css/network.css";
import { announce } from "./announce.js";
import { readAddress, remember, writeAddress } from "./network/address.js";
import { Card } from "./network/card.js";
import { Changes } from "./network/changes.js";
import { find } from "./network/find.js";
import { Follower } from "./network/follow.js";
import { dayOf, decode, History, speakDay } from "./network/history.js";
import { Legend } from "./network/legend.js";
import { Wish } from "./network/scene.js";
import { canDraw, Stage } from "./network/stage.js";
import { Timeline } from "./network/timeline.js";
import { Words } from "./network/words.js";

/** Puts the drawing made on the server where the canvas would stand. */
function stillInstead(section, canvas) {
  const image = document.createElement("img");
  image.className = "network-still";
  image.src = section.dataset.still;
  image.alt = canvas.getAttribute("aria-label");
  canvas.replaceWith(image);
  for (const part of section.querySelectorAll("[data-tools], [data-bar]")) part.remove();
  section.dataset.drawn = "still";
}

/** The wheel and one finger scroll the page, as everywhere; once the picture was clicked, with Ctrl, two fingers or on the full
    screen they move the picture. */
function shareGestures(section, canvas) {
  let taken = false;
  const free = () => taken || document.fullscreenElement === section;
  canvas.addEventListener("pointerdown", (event) => { taken = event.pointerType === "mouse"; }, true);
  canvas.addEventListener("pointerleave", () => { taken = false; });
  canvas.addEventListener("wheel", (event) => { if (!free() && !event.ctrlKey && !event.metaKey) event.stopPropagation(); }, true);
  for (const kind of ["touchstart", "touchmove", "touchend"]) {
    canvas.addEventListener(kind, (event) => { if (!free() && event.touches.length < 2) event.stopPropagation(); }, true);
  }
}

function fullScreen(section) {
  const button = section.querySelector("[data-full-screen]");
  if (!document.fullscreenEnabled) return button.remove();
  button.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : section.requestFullscreen()));
  document.addEventListener("fullscreenchange", () => button.setAttribute("aria-pressed", String(document.fullscreenElement === section)));
}

/** On a phone, filters and tools are sheets that open over the page; where there is room the tools stand open. */
function sheets(all) {
  const phone = matchMedia("(max-width: 47.99rem)");
  const settle = () => { for (const sheet of all) if (sheet.matches("[data-bar]")) sheet.open = !phone.matches; };
  settle();
  phone.addEventListener("change", settle);
  const close = (sheet) => {
    sheet.open = false;
    sheet.querySelector("summary").focus();
  };
  for (const sheet of all) {
    sheet.querySelector("[data-close-sheet]")?.addEventListener("click", () => close(sheet));
    sheet.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !phone.matches || !sheet.open) return;
      event.stopPropagation();
      close(sheet);
    });
  }
}

/** The page at work: what one asks for, the picture that shows it, and the words that say it. */
class NetworkPage {
  opener = null;

  constructor(section, canvas, history) {
    this.section = section;
    this.history = history;
    this.words = new Words(JSON.parse(section.dataset.words), document.documentElement.lang || "fr");
    this.status = section.querySelector("[data-status]");
    const asked = readAddress();
    this.today = dayOf(section.dataset.today);
    this.wish = this.first(asked);
    this.view = { name: "", picks: [] };
    this.place = "";
    this.to = "";
    this.compared = section.dataset.compared ? dayOf(section.dataset.compared) : null;
    this.day = this.wish.day;
    this.span();
    this.stage = new Stage(canvas, history, this.wish);
    this.card = new Card(section);
    this.changes = new Changes(document.querySelector("[data-changes]"), this);
    this.follower = new Follower(() => announce(this.words.say("table_failed")));
    this.timeline = this.time();
    this.legend = new Legend(section, history, this.wish, (why) => this.filtered(why));
    this.listen(canvas);
    this.open(asked);
  }

  /** What is asked for at first: by the address, as the server read it. */
  first(asked) {
    const wish = new Wish();
    wish.day = dayOf(this.section.dataset.day);
    wish.hidden = new Set(asked.hidden);
    wish.origins = new Set(this.section.dataset.origins.split(" ").filter(Boolean));
    wish.centre = asked.centre ? this.history.placeOf(asked.centre) ?? null : null;
    wish.steps = wish.centre === null ? 0 : Math.min(2, asked.steps);
    return wish;
  }

  time() {
    const kept = this.kept();
    const changes = this.history.changes(kept);
    const first = changes.find((day) => day > -100000) ?? this.today;
    return new Timeline(this.section.querySelector("[data-time]"), {
      first: Math.min(first - 1, this.wish.day),
      last: Math.max(this.today, this.wish.day),
      day: this.wish.day,
      today: this.today,
      changes,
      words: this.words,
      shown: (day, how) => this.showDay(day, how),
    });
  }

  /** Says of a tie, by its number, whether its kind is switched on. */
  kept() {
    const kept = this.stage.scene.keptRelations(this.wish);
    return (tie) => kept[this.history.ties.relation[tie]];
  }

  /** Shows a day: the picture at once, the change in words; the address and the table once the slider rests. */
  showDay(day, { settled, playing }) {
    this.day = day;
    const step = this.changes.stepAt(day, this.timeline.changes);
    this.span(step);
    this.stage.step();
    this.changes.tell(step, { playing });
    const { actors, pairs } = this.stage.scene.totals();
    this.section.querySelector("[data-totals]").textContent = this.words.say("totals", { actors: this.words.some("actors", actors), ties: this.words.some("pairs", pairs) });
    this.legend.count(this.stage.scene);
    this.stage.container.setAttribute("aria-label", this.title());
    if (settled) this.settled();
  }

  /** What the picture is called: « Le réseau au 30 avril 2023 ». */
  title() {
    const [from, day] = [this.wish.before, this.wish.day].map((bound) => this.speakDay(bound ?? 0));
    return this.compared === null ? this.words.say("picture", { day }) : this.words.say("picture_between", { from, day });
  }

  /** What the picture shows: a day, with what changed at the last step, or all that changed between two days. */
  span(step = null) {
    const { wish, compared, day } = this;
    wish.day = compared === null ? day : Math.max(day, compared);
    wish.before = compared === null ? (step === null ? null : step - 1) : Math.min(day, compared);
  }

  /** Begins or ends comparing with the day shown now. */
  compareFromHere(button) {
    this.compared = this.compared === null ? this.day : null;
    button.setAttribute("aria-pressed", String(this.compared !== null));
    this.showDay(this.day, { settled: true, playing: false });
  }

  /** Something rests: the address tells it, and the words of the page follow. */
  settled() {
    remember(this.address());
    this.changes.list();
    this.trail();
    this.refreshView?.();
    this.follower.soon();
    const field = document.querySelector("[data-network-form] [name=date]");
    if (field) field.value = new Date(this.day * 24 * 3600 * 1000).toISOString().slice(0, 10);
  }

  address() {
    const { wish, history, legend } = this;
    return writeAddress({
      day: this.day,
      today: this.today,
      compared: this.compared,
      centre: this.stage.chosen === null ? "" : history.slug(this.stage.chosen),
      steps: wish.steps,
      to: this.to,
      view: this.view.name,
      picks: this.view.picks,
      place: this.place,
      hidden: wish.hidden,
      origins: legend?.origins() ?? null,
    });
  }

  /** A switch of the legend was used. */
  filtered(why) {
    if (why === "ties") {
      this.timeline.changes = this.history.changes(this.kept());
      this.timeline.bars();
    }
    this.stage.redraw();
    if (this.stage.chosen !== null && !this.stage.scene.visible(this.stage.chosen)) this.clear();
    this.showDay(this.day, { settled: true, playing: false });
  }

  listen(canvas) {
    const { stage, section } = this;
    stage.renderer.on("enterNode", ({ node }) => { canvas.classList.add("over-node"); stage.point(Number(node)); });
    stage.renderer.on("leaveNode", () => { canvas.classList.remove("over-node"); stage.point(null); });
    stage.renderer.on("clickNode", ({ node }) => this.show(Number(node), { centre: false, focus: false }));
    stage.renderer.on("clickStage", () => this.clear());
    document.addEventListener("click", (event) => this.click(event));
    section.addEventListener("keydown", (event) => { if (event.key === "Escape" && !document.fullscreenElement) this.leave(); });
    for (const button of section.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => stage.zoom(button.dataset.zoom));
    fullScreen(section);
    shareGestures(section, canvas);
    const input = document.querySelector("[data-find]");
    this.offer(input, document.querySelector("[data-found]"), (place) => { this.opener = input; this.show(place); });
    this.bar();
  }

  /** Suggests actors of the picture in a field. */
  offer(input, list, chosen) {
    const { actors, size } = this.history;
    const known = Array.from({ length: size }, (_, place) => ({ place, label: actors.label[place], name: actors.name[place] }));
    find(input, list, known, this.status, {
      there: (place) => this.stage.scene.visible(place),
      weight: (place) => this.stage.scene.degree[place],
      show: chosen,
    });
  }

  click(event) {
    const link = event.target.closest("[data-show]");
    const place = link && this.history.placeOf(link.dataset.show);
    if (place !== undefined && place !== null && !event.ctrlKey && !event.metaKey && this.stage.scene.visible(place)) {
      event.preventDefault();
      if (!this.section.contains(link)) this.opener = link;
      this.show(place);
    }
    if (event.target.closest("[data-close-card]")) {
      event.preventDefault();
      this.leave();
    }
    const steps = event.target.closest("[data-steps]");
    if (steps) this.narrow(Number(steps.dataset.steps));
    const from = event.target.closest("[data-path-from]");
    if (from) this.later("path").then((path) => path.open({ from: this.stage.chosen }));
  }

  async show(place, { centre = true, focus = true } = {}) {
    const { stage, history, words } = this;
    this.legend.reveal(history.family(place));
    if (this.wish.steps) this.wish.centre = place;
    if (this.to) this.forgetPath();
    if (this.wish.steps) stage.redraw();
    stage.choose(place);
    remember(this.address());
    await this.card.open(history.slug(place), this.wish.steps);
    stage.cover(this.card.covered);
    if (centre) stage.frame();
    this.status.textContent = words.some("shown", stage.scene.degree[place], { name: history.actors.name[place] });
    if (!focus) return;
    this.section.scrollIntoView({ block: "start" });
    this.card.focus();
  }

  /** Shows only those within so many steps of the chosen actor; 0 shows everybody again. */
  narrow(steps) {
    const { stage, wish } = this;
    if (stage.chosen === null) return;
    wish.steps = steps;
    wish.centre = stage.chosen;
    stage.redraw();
    stage.frame(steps ? stage.ranked : undefined);
    this.card.press(steps);
    const { actors } = stage.scene.totals();
    this.status.textContent = steps ? this.words.some(`within_${steps}`, actors - 1, { name: this.history.actors.name[stage.chosen] }) : this.words.say("everybody");
    this.showDay(this.day, { settled: true, playing: false });
  }

  clear() {
    const narrowed = this.wish.steps > 0;
    this.wish.steps = 0;
    this.wish.centre = null;
    if (this.to) this.forgetPath();
    if (narrowed) this.stage.redraw();
    this.stage.choose(null);
    this.card.close();
    this.stage.cover(0);
    remember(this.address());
    if (narrowed) this.showDay(this.day, { settled: true, playing: false });
  }

  leave() {
    this.clear();
    if (this.opener?.isConnected) this.opener.focus();
    this.opener = null;
  }

  forgetPath() {
    this.to = "";
    this.stage.mark(null);
    this.pathShown?.forget();
  }

  rememberPath() {
    remember(this.address());
  }

  /** A path that is shown is looked for anew where the network changed. */
  trail() {
    if (this.to) this.pathShown?.find();
  }

  /** Views, layouts, paths and exports come when they are first used. */
  async later(part) {
    this.parts ??= {};
    this.parts[part] ??= {
      views: () => import("./network/views.js").then(({ Views }) => new Views(this)),
      path: () => import("./network/path.js").then(({ PathPanel }) => (this.pathShown = new PathPanel(this))),
      motion: () => import("./network/motion.js").then(({ Motion }) => new Motion(this)),
      geography: () => import("./network/geography.js").then(({ Geography }) => new Geography(this)),
      picture: () => import("./network/picture.js").then(({ Picture }) => new Picture(this)),
    }[part]();
    return this.parts[part];
  }

  bar() {
    const bar = this.section.querySelector("[data-bar]");
    sheets(document.querySelectorAll(".network-sheet"));
    const on = (selector, kind, act) => bar.querySelector(selector)?.addEventListener(kind, act);
    on("[data-view]", "change", async ({ target }) => (await this.later("views")).choose(target.value, []));
    on("[data-motion]", "click", async () => (await this.later("motion")).toggle());
    on("[data-motion-back]", "click", async () => (await this.later("motion")).back());
    on("[data-compare-here]", "click", ({ currentTarget }) => this.compareFromHere(currentTarget));
    on("[data-path]", "click", async () => (await this.later("path")).open({ from: this.stage.chosen }));
    for (const button of bar.querySelectorAll("[data-place]")) {
      button.addEventListener("click", async () => (await this.later("geography")).arrange(button.dataset.place));
    }
    for (const button of bar.querySelectorAll("[data-export]")) {
      button.addEventListener("click", async () => (await this.later("picture")).save(button.dataset.export));
    }
    const form = document.querySelector("[data-network-form]");
    form?.elements.date.addEventListener("change", ({ target }) => {
      if (!target.value) return;
      this.timeline.set(dayOf(target.value));
      target.removeAttribute("aria-invalid");
      target.classList.remove("is-invalid");
    });
  }

  /** Shows what the address asks for besides the day. */
  async open(asked) {
    const { stage, wish } = this;
    if (asked.centre && wish.centre !== null && stage.scene.visible(wish.centre)) {
      stage.choose(wish.centre);
      stage.cover(this.card.covered);
      this.card.press(wish.steps);
      stage.frame(wish.steps ? stage.ranked : undefined);
    } else if (asked.centre) {
      wish.steps = 0;
      stage.redraw();
      announce(this.words.say("absent"));
    }
    if (this.compared !== null) this.changes.compare();
    if (asked.place === "map") await (await this.later("geography")).arrange("map", { quiet: true });
    if (asked.view) await (await this.later("views")).choose(asked.view, asked.picks, { quiet: true });
    if (asked.to && stage.chosen !== null) (await this.later("path")).open({ from: stage.chosen, to: this.history.placeOf(asked.to), quiet: true });
  }

  speakDay(day) {
    return speakDay(day, this.words.language);
  }
}

/** Sorting and turning pages replace a table: the focus stays on the column, or goes to the head of the new page. */
function keepFocus() {
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    const pressed = detail.requestConfig?.elt;
    const table = document.getElementById(detail.target?.id);
    if (!pressed || !table?.matches("[data-table]")) return;
    if (pressed.matches(".sort-link")) table.querySelector("th[aria-sort] .sort-link")?.focus();
    else table.querySelector("h2").focus();
  });
}

/** Today is not worth a place in the address that people share. What only the picture reads is kept when the form is sent. */
function keepAddress(form) {
  form?.addEventListener("formdata", (event) => {
    const today = form.querySelector("[data-today]")?.dataset.today;
    if (event.formData.get("date") === today) event.formData.delete("date");
    const given = new URLSearchParams(location.search);
    for (const name of ["view", "pick", "place", "hide", "origine", "date2"]) {
      event.formData.delete(name);
      for (const value of given.getAll(name)) event.formData.append(name, value);
    }
  });
}

async function start(section) {
  const canvas = section.querySelector("[data-canvas]");
  const wait = section.querySelector("[data-wait]");
  try {
    if (!canDraw()) {
      stillInstead(section, canvas);
      return;
    }
    const answer = await fetch(section.dataset.url);
    if (!answer.ok) throw new Error(`${section.dataset.url}: ${answer.status}`);
    const data = await answer.json();
    if (data.format !== Number(section.dataset.format)) return location.reload();
    section.page = new NetworkPage(section, canvas, new History(decode(data)));
    section.dataset.drawn = "moving";
  } catch (problem) {
    console.warn(problem);
    if (canvas.isConnected) stillInstead(section, canvas);
    announce(section.dataset.wordFailed);
  } finally {
    wait.remove();
  }
}

keepFocus();
keepAddress(document.querySelector("[data-network-form]"));
const section = document.querySelector("[data-network]");
if (section) start(section);
