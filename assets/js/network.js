// The network page: the picture, its card, legend and search. Without this script the page has a still picture and the same table.
import "../css/network.css";
import { announce } from "./announce.js";
import { find } from "./network/find.js";
import { canDraw, Stage } from "./network/stage.js";

const PHONE = matchMedia("(max-width: 47.99rem)");

/** Puts the drawing made on the server where the canvas would stand. */
function stillInstead(section, canvas) {
  const image = document.createElement("img");
  image.className = "network-still";
  image.src = section.dataset.still;
  image.alt = canvas.getAttribute("aria-label");
  canvas.replaceWith(image);
  section.querySelector("[data-tools]").remove();
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

/** The card beside the picture, fetched when an actor is chosen. */
class Card {
  asked = 0;

  constructor(section) {
    this.side = section.querySelector("[data-side]");
    this.pattern = section.dataset.cardUrl;
  }

  get covered() {
    return this.side.hidden || PHONE.matches ? 0 : this.side.parentElement.clientWidth - this.side.offsetLeft;
  }

  async open(id) {
    const number = (this.asked += 1);
    const answer = await fetch(this.pattern.replace("SLUG", encodeURIComponent(id)), { headers: { Accept: "text/html" } });
    const text = await answer.text();
    if (number !== this.asked) return;
    this.side.innerHTML = text;
    this.side.hidden = false;
    this.side.scrollTop = 0;
  }

  focus() {
    this.side.querySelector("#network-card-title")?.focus({ preventScroll: true });
  }

  close() {
    this.asked += 1;
    this.side.hidden = true;
    this.side.replaceChildren();
  }
}

/** Makes each line of the legend a switch. */
function legend(section, stage, changed) {
  for (const entry of section.querySelectorAll("[data-family]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "network-switch";
    button.setAttribute("aria-pressed", "true");
    button.append(...entry.childNodes);
    entry.append(button);
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shown));
      stage.toggle(entry.dataset.family, shown);
      changed();
    });
  }
}

function fullScreen(section) {
  const button = section.querySelector("[data-full-screen]");
  if (!document.fullscreenEnabled) return button.remove();
  button.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : section.requestFullscreen()));
  document.addEventListener("fullscreenchange", () => button.setAttribute("aria-pressed", String(document.fullscreenElement === section)));
}

/** Keeps the actor looked at in the address, which can be shared. */
function remember(id) {
  const address = new URL(location.href);
  if (id) address.searchParams.set("centre", id);
  else address.searchParams.delete("centre");
  history.replaceState(history.state, "", address);
}

function wire(section, canvas, data) {
  const stage = new Stage(canvas, data);
  const card = new Card(section);
  const words = section.dataset;
  const status = section.querySelector("[data-status]");
  let opener = null;

  async function show(id, { centre = true, focus = true } = {}) {
    const family = section.querySelector(`[data-family="${stage.graph.getNodeAttribute(id, "family")}"] button`);
    if (family?.getAttribute("aria-pressed") === "false") family.click();
    stage.choose(id);
    remember(id);
    await card.open(id);
    stage.cover(card.covered);
    if (centre) stage.frame();
    const { name, degree } = stage.graph.getNodeAttributes(id);
    status.textContent = words.wordShown.replace("{name}", name).replace("{n}", degree);
    if (!focus) return;
    section.scrollIntoView({ block: "start" });
    card.focus();
  }

  function clear() {
    stage.choose(null);
    card.close();
    stage.cover(0);
    remember(null);
  }

  function leave() {
    clear();
    if (opener?.isConnected) opener.focus();
    opener = null;
  }

  stage.renderer.on("enterNode", ({ node }) => { canvas.classList.add("over-node"); stage.point(node); });
  stage.renderer.on("leaveNode", () => { canvas.classList.remove("over-node"); stage.point(null); });
  stage.renderer.on("clickNode", ({ node }) => show(node, { centre: false, focus: false }));
  stage.renderer.on("clickStage", clear);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-show]");
    if (link && !event.ctrlKey && !event.metaKey && stage.has(link.dataset.show)) {
      event.preventDefault();
      if (!section.contains(link)) opener = link;
      show(link.dataset.show);
    }
    if (event.target.closest("[data-close-card]")) {
      event.preventDefault();
      leave();
    }
  });
  section.addEventListener("keydown", (event) => { if (event.key === "Escape" && !document.fullscreenElement) leave(); });
  for (const button of section.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => stage.zoom(button.dataset.zoom));
  legend(section, stage, () => { if (!stage.focus) clear(); });
  fullScreen(section);
  shareGestures(section, canvas);
  const input = document.querySelector("[data-find]");
  find(input, document.querySelector("[data-found]"), data.nodes, status, (id) => { opener = input; show(id); });
  const named = section.querySelector("[data-card]")?.dataset.card;
  if (named && stage.has(named)) {
    stage.choose(named);
    stage.cover(card.covered);
    stage.frame();
  } else if (named) announce(words.wordAbsent);
  return stage;
}

/** Sorting and turning pages replace the table: the focus stays on the column, or goes to the head of the new page. */
function keepFocus() {
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    const pressed = detail.requestConfig?.elt;
    const table = document.getElementById("tableau");
    if (!pressed || detail.target?.id !== "tableau" || !table) return;
    if (pressed.matches(".sort-link")) table.querySelector("th[aria-sort] .sort-link")?.focus();
    else table.querySelector("h2").focus();
  });
}

/** Today is not worth a place in the address that people share. */
function leaveTodayOut(form) {
  form?.addEventListener("formdata", (event) => {
    const today = form.querySelector("[data-today]")?.dataset.today;
    if (event.formData.get("date") === today) event.formData.delete("date");
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
    wire(section, canvas, await answer.json());
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
leaveTodayOut(document.querySelector("[data-network-form]"));
const section = document.querySelector("[data-network]");
if (section) start(section);
