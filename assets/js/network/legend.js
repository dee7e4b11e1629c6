import { THREADS } from "./style.js";

/** The legend: each family of actors and each group of ties is a switch. */
export class Legend {
  constructor(section, history, wish, changed) {
    Object.assign(this, { section, history, wish, changed });
    this.usual = section.dataset.usualOrigins.split(" ");
    for (const entry of section.querySelectorAll("[data-family]")) this.switch(entry, "families");
    const used = new Set(history.relations.map(({ group }) => group));
    for (const entry of section.querySelectorAll("[data-group]")) {
      this.line(entry);
      entry.hidden = !used.has(entry.dataset.group);
      if (!entry.hidden) this.switch(entry, "ties");
    }
  }

  /** Draws a piece of the line of a group. */
  line(entry) {
    const [width, ...dash] = THREADS[entry.dataset.group];
    const line = entry.querySelector("line");
    line.setAttribute("stroke-width", width);
    if (dash[1]) line.setAttribute("stroke-dasharray", dash.filter(Boolean).join(" "));
  }

  shown(entry) {
    const { family, group, origin } = entry.dataset;
    return !this.wish.hidden.has(family ?? group) && (!origin || this.wish.origins.has(origin));
  }

  switch(entry, kind) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "network-switch";
    button.setAttribute("aria-pressed", String(this.shown(entry)));
    button.append(...entry.childNodes);
    entry.append(button);
    button.addEventListener("click", () => {
      this.set(entry, !this.shown(entry));
      this.changed(kind);
    });
  }

  set(entry, shown) {
    const { family, group, origin } = entry.dataset;
    const { hidden, origins } = this.wish;
    // What the hub knows by itself is switched by its origin, which the table reads too.
    if (origin && origin !== "declared") origins[shown ? "add" : "delete"](origin);
    else hidden[shown ? "delete" : "add"](family ?? group);
    if (shown) hidden.delete(family ?? group);
    if (shown && origin) origins.add(origin);
    entry.querySelector("button").setAttribute("aria-pressed", String(shown));
  }

  /** How many actors of each family are in the picture now. */
  count(scene) {
    const counts = {};
    for (let place = 0; place < this.history.size; place += 1) {
      if (scene.visible(place)) counts[this.history.family(place)] = (counts[this.history.family(place)] ?? 0) + 1;
    }
    for (const entry of this.section.querySelectorAll("[data-family]")) {
      entry.querySelector(".network-legend-count").textContent = counts[entry.dataset.family] ?? 0;
    }
  }

  /** Switches a family on that somebody asks to see. */
  reveal(family) {
    if (!this.wish.hidden.has(family)) return;
    this.set(this.section.querySelector(`[data-family="${family}"]`), true);
    this.changed("families");
  }

  /** The origins for the address: null where they are the usual ones. */
  origins() {
    const { origins } = this.wish;
    if (origins.size === this.usual.length && this.usual.every((origin) => origins.has(origin))) return null;
    return origins.size ? [...origins].sort() : [""];
  }
}
