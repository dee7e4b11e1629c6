// What every page gets. Each part looks for its own data attribute and works on what htmx brings in later, too.
import htmx from "htmx.org";
import { autosave } from "./autosave.js";
import { board } from "./board.js";
import { carry } from "./carry.js";
import { choose } from "./choose.js";
import { counted } from "./counted.js";
import { csrfToken } from "./csrf.js";
import { dots } from "./dots.js";
import { forgetEnded } from "./door/kept.js";
import { grid } from "./grid.js";
import { announce } from "./announce.js";
import { forgetOld, keep, sent, watch } from "./keep.js";
import { largest } from "./largest.js";
import { once } from "./once.js";
import { passage } from "./passage.js";
import { rank } from "./rank.js";
import { signOut } from "./sign-out.js";
import { signs } from "./signs.js";
import { sortable } from "./sortable.js";
import { themeSwitch } from "./theme.js";

window.htmx = htmx;

/** Applies a part to every matching element below a root, once each. */
function enhance(root) {
  const each = (selector, part) => {
    const found = root.matches?.(selector) ? [root] : [];
    for (const element of [...found, ...root.querySelectorAll(selector)]) {
      if (element.dataset.ready?.includes(selector)) continue;
      element.dataset.ready = `${element.dataset.ready ?? ""}${selector}`;
      part(element);
    }
  };
  each("select[data-choose]", choose);
  each("form[data-keep]", keep);
  each("[data-kept]", sent);
  each("[data-watch]", watch);
  each("form[data-autosave]", autosave);
  each("form[data-once]", once);
  each("[data-sortable]", sortable);
  each("[data-board]", board);
  each("form[data-counted]", counted);
  each("[data-rank]", rank);
  each("[data-passage]", passage);
  each("form[data-dots]", dots);
  each("input[data-largest]", largest);
  each("textarea[data-signs]", signs);
  each("a[data-carry]", carry);
  each("form[action^='/deconnexion']", signOut);
  each("form[data-submit-on-change]", submitOnChange);
  each("form[data-grid]", grid);
  each("[data-focus]", (element) => element.focus());
}

/** A filter form sends itself as soon as something is chosen; typing waits for Enter. */
function submitOnChange(form) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });
  // Empty filters would only lengthen the address that people copy.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}

/** Shows or hides what stands in a password field. */
function reveal(button) {
  const field = document.getElementById(button.dataset.reveal);
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
  button.textContent = shown ? button.dataset.wordShow : button.dataset.wordHide;
  field.focus();
}

/** Copies a field's value and says so. */
async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  await navigator.clipboard.writeText(field.value);
  announce(button.dataset.wordDone);
  const word = button.querySelector("span");
  const before = word.textContent;
  word.textContent = button.dataset.wordDone;
  setTimeout(() => { word.textContent = before; }, 2000);
}

/** Menus close on Escape (the focus goes back to their button) and when the person turns elsewhere. */
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (menu !== except) menu.open = false;
}

document.addEventListener("click", (event) => {
  const target = event.target;
  closeMenus(target.closest("details[data-menu]"));
  const button = target.closest("button");
  if (!button) return;
  if (button.matches("[data-reveal]")) reveal(button);
  if (button.matches("[data-copy]")) copy(button);
  if (button.matches("[data-print]")) window.print();
  if (button.matches("[data-dismiss]")) button.closest(".flash").remove();
});
document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrfToken(event.target);
});
document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
for (const problem of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(problem, (event) => {
    // What only asks now and then tries again by itself.
    if (!event.target.matches?.("[data-silent]")) announce(document.body.dataset.wordNetworkError);
  });
}

themeSwitch();
forgetOld();
enhance(document);
