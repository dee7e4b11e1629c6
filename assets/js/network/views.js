// Ways to look at the network: communities, brokers, who is alone, kinds, themes. What colours show, marks and numbers say too.
import { dateOf, dayOf, speakDay } from "./history.js";

const HUES = 8;
const BROKERS = 12; // how many are numbered
const ROOM = 15; // pixels between the members of a community and its hull
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]]; // hulls beyond the eighth take other lines with the same hues

const cross = (o, a, b) => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);

/** The convex hull of points {x, y} (Andrew's monotone chain). */
export function hull(points) {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  const half = (order) => {
    const chain = [];
    for (const point of order) {
      while (chain.length > 1 && cross(chain.at(-2), chain.at(-1), point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half([...sorted].reverse())];
}

export class Views {
  measures = null;

  constructor(page) {
    this.page = page;
    this.sentence = page.section.querySelector("[data-view-words]");
    this.list = page.section.querySelector("[data-view-legend]");
    this.select = page.section.querySelector("[data-view]");
    this.usual = page.section.querySelector("[data-families]");
    page.refreshView = () => this.refresh();
  }

  async choose(name, picks = [], { quiet = false } = {}) {
    const { page } = this;
    page.view = { name, picks };
    this.select.value = name;
    this.picks = new Set(picks);
    this.offered = new Set(picks);
    await this.refresh();
    if (!quiet) page.settled();
  }

  /** Brings the view up to the day and the switches. */
  async refresh() {
    const { page } = this;
    const { stage } = page;
    const { name } = page.view;
    const asked = (this.asked = {});
    this.list.replaceChildren();
    this.list.hidden = true;
    this.sentence.hidden = !name;
    stage.decorations = stage.decorations.filter(({ ofView }) => !ofView);
    stage.view = null;
    if (!page.to) stage.marked = null;
    if (name === "communities" || name === "brokers") {
      if (!(await this.measure(asked))) return;
    }
    if (asked !== this.asked) return;
    this[{ communities: "communities", brokers: "brokers", isolated: "isolated", kinds: "pickKinds", themes: "pickThemes", actors: "pickActors" }[name] ?? "plain"]();
    stage.rank();
    stage.update();
  }

  plain() {
    this.sentence.textContent = "";
  }

  say(text) {
    this.sentence.textContent = text;
  }

  /** Fetches the measures of the day, unless they are there already. False where they can't be had yet. */
  async measure(asked) {
    const { page } = this;
    const address = new URL(page.section.dataset.measuresUrl, location.href);
    const given = new URLSearchParams(location.search);
    for (const name of ["date", "origine"]) for (const value of given.getAll(name)) address.searchParams.append(name, value);
    if (address.href === this.address && this.measures) return true;
    const answer = await fetch(address);
    if (asked !== this.asked) return false;
    if (!answer.ok) {
      this.say(page.words.say("view_failed"));
      return false;
    }
    const measures = await answer.json();
    if (asked !== this.asked) return false;
    this.measures = measures;
    // What a job still computes is asked for again when the view is brought up to date.
    this.address = measures.day === dateOf(page.wish.day) ? address.href : null;
    if (measures.day === null) this.say(page.words.say("view_waits"));
    return measures.day !== null;
  }

  get stale() {
    const { page } = this;
    return dayOf(this.measures.day) === page.wish.day ? "" : ` ${page.words.say("view_stale", { day: speakDay(dayOf(this.measures.day), page.words.language) })}`;
  }

  communities() {
    const { page, measures } = this;
    const { stage, words, history } = page;
    const groups = new Map();
    for (const place of stage.ranked) {
      const number = measures.community[place];
      if (!number || !stage.scene.visible(place)) continue;
      if (!groups.has(number)) groups.set(number, []);
      groups.get(number).push(place);
    }
    const found = [...groups].filter(([, members]) => members.length > 1).sort(([a], [b]) => a - b);
    this.say((found.length ? words.some("view_communities", found.length) : words.say("view_communities_none")) + this.stale);
    const known = new Set(found.map(([number]) => number));
    const number = (place) => (known.has(measures.community[place]) ? measures.community[place] : 0);
    stage.view = {
      fill: (place, colours) => (number(place) ? colours.hues[(number(place) - 1) % HUES] : colours.none),
      label: (place) => (number(place) ? `${number(place)} · ${history.actors.label[place]}` : history.actors.label[place]),
    };
    const draw = (context) => this.hulls(context, found);
    draw.ofView = true;
    stage.decorations.push(draw);
    this.entries(found.map(([community, members]) => ({
      text: `${words.say("community", { n: community })} : ${words.names(members.slice(0, 3).map((place) => history.actors.label[place]), 3)}`,
      count: words.some("members", members.length),
      mark: { number: community, hue: ((community - 1) % HUES) + 1 },
      places: members,
    })));
  }

  /** A hull around each community, with its number beside it. */
  hulls(context, found) {
    const { stage } = this.page;
    for (const [number, members] of found) {
      const spots = members.map((place) => stage.spot(place)).filter(Boolean);
      if (spots.length < 2) continue;
      const corners = hull(spots);
      const colour = stage.colours.hues[(number - 1) % HUES].plain;
      context.beginPath();
      for (const { x, y } of corners) context.lineTo(x, y);
      context.closePath();
      context.lineJoin = "round";
      context.setLineDash([]);
      context.globalAlpha = 0.09;
      context.lineWidth = 2 * ROOM;
      context.strokeStyle = context.fillStyle = colour;
      context.stroke();
      context.fill();
      context.globalAlpha = 0.75;
      context.lineWidth = 1.4;
      context.setLineDash(DASHES[Math.floor((number - 1) / HUES) % DASHES.length]);
      context.stroke();
      context.globalAlpha = 1;
      context.setLineDash([]);
      this.badge(context, corners.reduce((top, spot) => (spot.y < top.y ? spot : top)), String(number), colour);
    }
  }

  badge(context, { x, y }, text, colour) {
    const { ground, ink } = this.page.stage.colours;
    context.beginPath();
    context.arc(x, y - ROOM - 8, 10, 0, 2 * Math.PI);
    context.fillStyle = ground;
    context.fill();
    context.strokeStyle = colour;
    context.lineWidth = 2.5;
    context.stroke();
    context.fillStyle = ink;
    context.font = this.page.stage.labels.font(true);
    context.textAlign = "center";
    context.fillText(text, x, y - ROOM - 3.5);
  }

  brokers() {
    const { page, measures } = this;
    const { stage, words, history } = page;
    const ranked = stage.ranked.filter((place) => measures.rank[place] && stage.scene.visible(place)).sort((a, b) => measures.rank[a] - measures.rank[b]);
    const first = ranked.slice(0, BROKERS);
    const shown = new Set(first);
    const most = Math.max(1e-9, ...first.map((place) => measures.share[place]));
    this.say((first.length ? words.some("view_brokers", first.length) : words.say("view_brokers_none")) + this.stale);
    stage.view = {
      size: (place) => Math.sqrt((measures.share[place] || 0) / most) * 1.3,
      rank: (place) => (measures.rank[place] ? 1e6 - measures.rank[place] : 0),
      fill: (place, colours) => (shown.has(place) ? colours.fills[history.family(place)] : colours.none),
      label: (place) => (shown.has(place) ? `${measures.rank[place]} · ${history.actors.label[place]}` : history.actors.label[place]),
    };
    const percent = new Intl.NumberFormat(words.language, { style: "percent", maximumFractionDigits: 1 });
    this.entries(first.map((place) => ({ text: history.actors.label[place], count: percent.format(measures.share[place]), mark: { number: measures.rank[place] }, places: [place] })));
  }

  isolated() {
    const { page } = this;
    const { stage, words, history } = page;
    const alone = stage.ranked.filter((place) => stage.scene.visible(place) && !stage.scene.degree[place]);
    this.say(alone.length ? words.some("view_isolated", alone.length) : words.say("view_isolated_none"));
    stage.view = { rank: (place) => Number(!stage.scene.degree[place]), fill: (place, colours) => (stage.scene.degree[place] ? colours.none : null) };
    if (!page.to && alone.length) stage.marked = new Set(alone);
    this.entries(alone.slice(0, 60).map((place) => ({ text: history.actors.label[place], count: "", places: [place] })));
  }

  pickKinds() {
    const { actors, kinds } = this.page.history;
    this.pick(kinds.map(({ code, label }, number) => ({ code, label, has: (place) => actors.kind[place] === number })));
  }

  pickThemes() {
    const { actors, themes } = this.page.history;
    this.pick(themes.map(({ code, label }, number) => ({ code, label, has: (place) => actors.themes[place].includes(number) })));
  }

  /** Those whom the address names, each with its switch. */
  pickActors() {
    const { history } = this.page;
    const named = [...this.offered].map((code) => ({ code, number: history.placeOf(code) })).filter(({ number }) => number !== undefined);
    this.pick(named.map(({ code, number }) => ({ code, label: history.actors.label[number], has: (place) => place === number })));
  }

  /** A switch for each kind or theme; those switched on put their actors in the light. Words of the address that mean nothing are let go. */
  pick(choices) {
    const { page } = this;
    const { stage, words } = page;
    const there = stage.ranked.filter((place) => stage.scene.visible(place));
    const counted = choices.map((choice) => ({ ...choice, places: there.filter(choice.has) })).filter(({ places }) => places.length);
    const on = counted.filter(({ code }) => this.picks.has(code));
    page.view.picks = on.map(({ code }) => code);
    const lit = new Set(on.flatMap(({ places }) => places));
    if (!page.to) stage.marked = on.length ? lit : null;
    this.say(on.length ? words.some("view_picked", lit.size, { names: words.names(on.map(({ label }) => label)) }) : words.say("view_pick"));
    counted.sort((a, b) => b.places.length - a.places.length || a.label.localeCompare(b.label, words.language));
    this.entries(counted.map(({ code, label, places }) => ({ text: label, count: words.number.format(places.length), code, places })));
  }

  /** Writes the legend of the view: what is in the light when one presses. */
  entries(entries) {
    this.list.replaceChildren(...entries.map((entry) => this.entry(entry)));
    this.list.hidden = !entries.length;
  }

  entry({ text, count, mark, code, places }) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "network-switch network-pick";
    if (code !== undefined) button.dataset.code = code;
    button.setAttribute("aria-pressed", String(code !== undefined && this.picks.has(code)));
    if (mark) {
      const badge = document.createElement("span");
      badge.className = `network-number${mark.hue ? ` network-hue-${mark.hue}` : ""}`;
      badge.textContent = mark.number;
      button.append(badge);
    }
    const words = document.createElement("span");
    words.textContent = text;
    const number = document.createElement("span");
    number.className = "network-legend-count";
    number.textContent = count;
    button.append(words, number);
    button.addEventListener("click", () => (code === undefined ? this.light(button, places) : this.toggle(code)));
    item.append(button);
    return item;
  }

  /** Puts the members of one entry in the light, or nobody when pressed again. */
  light(button, places) {
    const { page } = this;
    const on = button.getAttribute("aria-pressed") !== "true";
    for (const other of this.list.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", String(on));
    if (places.length === 1 && on) return page.show(places[0], { focus: false });
    page.stage.mark(on ? places : null);
    return undefined;
  }

  async toggle(code) {
    const { page } = this;
    if (this.picks.has(code)) this.picks.delete(code);
    else this.picks.add(code);
    page.view.picks = [...this.picks];
    await this.refresh();
    page.settled();
    const place = [...this.list.querySelectorAll("button")].find((button) => button.dataset.code === code);
    place?.focus();
  }
}
