// The picture as one sees it, as a file: the same drawing on a canvas (PNG) or as text (SVG), with title, date, legend and source.
import { HIDDEN, LEFT } from "./scene.js";
import { FAMILIES, SHAPES, THREADS } from "./style.js";

const SHARP = 2; // pixels of the file for one of the screen
const HEAD = 54;
const LINE = 22;
const FOOT = 30;
const PAD = 20;
const SANS = "Source Sans 3, Source Sans Pro, Segoe UI, Helvetica, Arial, sans-serif";

const short = (number) => Number(number.toFixed(2));
const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");

/** Corners of a family's shape around (0, 0), y downwards; null for a circle (the forms are those of the shader). */
function corners(shape) {
  const [count, outer, inner, turn] = SHAPES[shape];
  if (count === 0) return null;
  if (count < 0) {
    const [reach, half] = [outer, inner];
    const arm = [[half, -reach], [half, -half], [reach, -half]];
    const turned = (times) => arm.map(([x, y]) => [[x, y], [-y, x], [-x, -y], [y, -x]][times]);
    return [0, 1, 2, 3].flatMap(turned);
  }
  const found = [];
  for (let place = 0; place < 2 * count; place += 1) {
    const angle = turn + (Math.PI * place) / count;
    const radius = place % 2 ? inner : outer;
    found.push([radius * Math.sin(angle), -radius * Math.cos(angle)]);
  }
  return found;
}

/** Paints on a canvas. */
class Brush {
  constructor(context) {
    this.context = context;
  }

  rectangle(x, y, width, height, fill) {
    this.context.fillStyle = fill;
    this.context.fillRect(x, y, width, height);
  }

  line(x1, y1, x2, y2, { colour, width, dash = [] }) {
    const { context } = this;
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.setLineDash(dash);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
    context.setLineDash([]);
  }

  shape(x, y, radius, shape, { fill, outline }) {
    const { context } = this;
    const points = corners(shape);
    context.beginPath();
    if (points) for (const [dx, dy] of points) context.lineTo(x + radius * dx, y + radius * dy);
    else context.arc(x, y, radius, 0, 2 * Math.PI);
    context.closePath();
    context.fillStyle = fill;
    context.fill();
    context.strokeStyle = outline;
    context.lineWidth = 1;
    context.stroke();
  }

  text(text, x, y, { size, bold = false, colour, anchor = "start", halo = null }) {
    const { context } = this;
    context.font = `${bold ? 650 : 450} ${size}px ${getComputedStyle(document.body).fontFamily}`;
    context.textAlign = { start: "left", middle: "center", end: "right" }[anchor];
    if (halo) {
      context.strokeStyle = halo;
      context.lineWidth = 3.5;
      context.lineJoin = "round";
      context.strokeText(text, x, y);
    }
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  hull(points, { colour, dash }) {
    const { context } = this;
    context.beginPath();
    for (const { x, y } of points) context.lineTo(x, y);
    context.closePath();
    context.setLineDash(dash);
    context.strokeStyle = colour;
    context.lineWidth = 1.4;
    context.stroke();
    context.setLineDash([]);
  }
}

/** Writes SVG: presentation attributes only, so that any program and any page takes it. */
class Pen {
  parts = [];

  rectangle(x, y, width, height, fill) {
    this.parts.push(`<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${fill}"/>`);
  }

  line(x1, y1, x2, y2, { colour, width, dash = [] }) {
    const dashes = dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
    this.parts.push(`<line x1="${short(x1)}" y1="${short(y1)}" x2="${short(x2)}" y2="${short(y2)}" stroke="${colour}" stroke-width="${short(width)}"${dashes}/>`);
  }

  shape(x, y, radius, shape, { fill, outline }) {
    const look = `fill="${fill}" stroke="${outline}" stroke-width="1" stroke-linejoin="round"`;
    const points = corners(shape);
    if (!points) this.parts.push(`<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius)}" ${look}/>`);
    else this.parts.push(`<polygon points="${points.map(([dx, dy]) => `${short(x + radius * dx)},${short(y + radius * dy)}`).join(" ")}" ${look}/>`);
  }

  text(text, x, y, { size, bold = false, colour, anchor = "start", halo = null }) {
    const ring = halo ? ` stroke="${halo}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"` : "";
    this.parts.push(`<text x="${short(x)}" y="${short(y)}" font-size="${size}" font-weight="${bold ? 600 : 400}" text-anchor="${anchor}" fill="${colour}"${ring}>${escaped(text)}</text>`);
  }

  hull(points, { colour, dash }) {
    const dashes = dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
    this.parts.push(`<polygon points="${points.map(({ x, y }) => `${short(x)},${short(y)}`).join(" ")}" fill="none" stroke="${colour}" stroke-width="1.4"${dashes}/>`);
  }

  finish(width, height, title) {
    return `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${SANS}"><title>${escaped(title)}</title>${this.parts.join("")}</svg>\n`;
  }
}

export class Picture {
  constructor(page) {
    this.page = page;
  }

  /** The entries of the legend that the picture needs: families and groups of ties that are in it, then the view's own. */
  keys() {
    const { section, stage, history, words } = this.page;
    const { actors, ties } = stage.scene;
    const families = new Set();
    const groups = new Set();
    const states = new Set();
    actors.forEach((state, place) => { if (state) { families.add(history.family(place)); states.add(state); } });
    ties.forEach((state, tie) => { if (state) { groups.add(history.relations[history.ties.relation[tie]].group); states.add(state); } });
    const text = (element) => element.querySelector("button span, span").textContent;
    const found = [];
    for (const element of section.querySelectorAll("[data-family]")) if (families.has(element.dataset.family)) found.push({ family: element.dataset.family, text: text(element) });
    for (const element of section.querySelectorAll("[data-group]")) if (groups.has(element.dataset.group)) found.push({ group: element.dataset.group, text: text(element) });
    for (const element of section.querySelectorAll("[data-view-legend] li")) {
      const pressed = element.querySelector("button").getAttribute("aria-pressed") === "true";
      const badge = element.querySelector(".network-number");
      const label = element.querySelector("button > span:not(.network-number)").textContent;
      if (badge) found.push({ text: `${badge.textContent} · ${label}` });
      else if (pressed) found.push({ text: label });
    }
    if (states.has(2)) found.push({ text: `+ ${words.say("legend_came")}` });
    if (states.has(3)) found.push({ text: `− ${words.say("legend_left")}` });
    return found;
  }

  get title() {
    return this.page.title();
  }

  /** Places the legend in rows of even columns. */
  grid(keys, width) {
    const columns = Math.max(1, Math.min(4, Math.floor((width - 2 * PAD) / 270)));
    return { columns, rows: Math.ceil(keys.length / columns), pitch: (width - 2 * PAD) / columns };
  }

  draw(brush, width, height, keys, grid) {
    const { stage, section, words, today } = this.page;
    const { colours } = stage;
    const total = HEAD + height + grid.rows * LINE + FOOT + PAD;
    brush.rectangle(0, 0, width, total, colours.ground);
    brush.text(section.dataset.name, PAD, 24, { size: 17, bold: true, colour: colours.ink });
    brush.text(this.title, PAD, 44, { size: 14, colour: colours.ink });
    const inside = ({ x, y }) => x > -20 && y > -20 && x < width + 20 && y < height + 20;
    const projection = stage.projection();
    for (const tie of this.order(stage.scene.ties)) this.tie(brush, tie, projection, inside);
    for (const place of this.order(stage.scene.actors)) this.actor(brush, place, inside);
    for (const label of stage.written ?? []) this.label(brush, label);
    for (const { x, y, reach, state } of stage.marks ?? []) {
      brush.text(state === LEFT ? "−" : "+", x + reach, y - reach * 0.4 + HEAD, { size: 15, bold: true, colour: state === LEFT ? colours.left : colours.came, halo: colours.ground });
    }
    // What stuck out of the picture is covered again.
    brush.rectangle(0, 0, width, 10, colours.ground);
    brush.rectangle(0, HEAD + height, width, total - HEAD - height, colours.ground);
    brush.line(PAD, HEAD + height + 4, width - PAD, HEAD + height + 4, { colour: colours.thread.faded, width: 1 });
    keys.forEach((key, number) => this.key(brush, key, PAD + (number % grid.columns) * grid.pitch, HEAD + height + 22 + Math.floor(number / grid.columns) * LINE));
    const source = words.say("image_source", { network: section.dataset.name, day: this.page.speakDay(today) });
    brush.text(source, PAD, total - 14, { size: 12, colour: colours.pale });
    return total;
  }

  order(states) {
    return Array.from(states.keys()).filter((number) => states[number] !== HIDDEN);
  }

  tie(brush, tie, projection, inside) {
    const line = this.page.stage.line(tie, projection);
    if (!inside({ x: line.x1, y: line.y1 }) && !inside({ x: line.x2, y: line.y2 })) return;
    brush.line(line.x1, line.y1 + HEAD, line.x2, line.y2 + HEAD, line);
  }

  actor(brush, place, inside) {
    const { stage } = this.page;
    const look = stage.renderer.getNodeDisplayData(place);
    const spot = stage.spot(place);
    if (!spot || !inside(spot)) return;
    brush.shape(spot.x, spot.y + HEAD, stage.renderer.scaleSize(look.size), look.shape, { fill: look.color, outline: look.outline });
  }

  label(brush, { shape, box, across, pale }) {
    const { colours } = this.page.stage;
    const anchor = across > 0 ? "start" : across < 0 ? "end" : "middle";
    const x = across > 0 ? box[0] : across < 0 ? box[2] : (box[0] + box[2]) / 2;
    shape.lines.forEach((line, number) => {
      brush.text(line, x, box[1] + (number * 1.15 + 0.86) * shape.size + HEAD, { size: shape.size, bold: shape.strong, colour: pale ? colours.pale : colours.ink, anchor, halo: colours.ground });
    });
  }

  key(brush, { family, group, text }, x, y) {
    const { colours } = this.page.stage;
    if (family) brush.shape(x + 8, y - 4, 5, FAMILIES[family].shape, { fill: colours.fills[family].plain, outline: colours.outline.plain });
    if (group) {
      const [width, ...dash] = THREADS[group];
      brush.line(x, y - 4, x + 26, y - 4, { colour: colours.ink, width, dash: dash[1] ? dash.filter(Boolean) : [] });
    }
    brush.text(text, x + (group ? 32 : family ? 20 : 0), y, { size: 13, colour: colours.ink });
  }

  async save(kind) {
    const { page } = this;
    try {
      await document.fonts.ready;
      page.stage.renderer.refresh();
      const { width, height } = page.stage.renderer.getDimensions();
      const keys = this.keys();
      const grid = this.grid(keys, width);
      const blob = kind === "svg" ? this.asText(width, height, keys, grid) : await this.asPixels(width, height, keys, grid);
      const file = `${page.words.say("image_name")}-${new Date(page.day * 24 * 3600 * 1000).toISOString().slice(0, 10)}.${kind}`;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = file;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      page.status.textContent = page.words.say("image_saved", { file });
    } catch (problem) {
      console.warn(problem);
      page.status.textContent = page.words.say("image_failed");
    }
  }

  asText(width, height, keys, grid) {
    const pen = new Pen();
    const total = this.draw(pen, width, height, keys, grid);
    return new Blob([pen.finish(width, total, this.title)], { type: "image/svg+xml" });
  }

  asPixels(width, height, keys, grid) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * SHARP);
    canvas.height = Math.round((HEAD + height + grid.rows * LINE + FOOT + PAD) * SHARP);
    const context = canvas.getContext("2d");
    context.scale(SHARP, SHARP);
    this.draw(new Brush(context), width, height, keys, grid);
    return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/png"));
  }
}
