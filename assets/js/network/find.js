import { fold } from "./history.js";

const MOST = 8;

/** Suggests actors {place, label, name} while one types, those that are `there(place)`, the weightiest first. Choosing one calls
    `show(place)`; `status` is told how many there are. Enter without a match asks the server. */
export function find(input, list, actors, status, { there, weight, show }) {
  let known = null; // made when the first word is typed: the page opens sooner
  let found = [];
  let active = -1;
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(place) {
    active = place;
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === place)));
    if (place < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[place].id);
    list.children[place].scrollIntoView({ block: "nearest" });
  }

  function pick(actor) {
    input.value = actor.label;
    close();
    show(actor.place);
  }

  function suggest() {
    known ??= actors.map((actor) => ({ ...actor, folded: fold(`${actor.label} ${actor.name}`) }));
    const words = fold(input.value).split(" ").filter(Boolean);
    const begins = (actor) => Number(!actor.folded.startsWith(words[0]));
    found = words.length === 0 ? [] : known.filter((actor) => there(actor.place) && words.every((word) => actor.folded.includes(word)))
      .sort((a, b) => begins(a) - begins(b) || weight(b.place) - weight(a.place)).slice(0, MOST);
    list.replaceChildren(...found.map((actor, number) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${number}`;
      option.setAttribute("role", "option");
      option.textContent = actor.label;
      if (actor.name !== actor.label) option.append(Object.assign(document.createElement("span"), { textContent: actor.name }));
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        pick(actor);
      });
      return option;
    }));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    mark(-1);
    if (words.length === 0) return;
    const { wordNone, wordOne, wordSome } = list.dataset;
    status.textContent = found.length === 0 ? wordNone : found.length === 1 ? wordOne : wordSome.replace("{n}", found.length);
  }

  input.addEventListener("input", suggest);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      return close();
    }
    if (found.length === 0 || !input.value) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((Math.max(active, step > 0 ? -1 : 0) + step + found.length) % found.length);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      pick(found[Math.max(active, 0)]);
    }
  });
}
