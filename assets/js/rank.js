import { announce } from "./announce.js";

/** Lists of choice « 1er choix », « 2e choix »… shown as one list to put in order by buttons. The lists stay in the form, hidden. */
export function rank(root) {
  const fields = root.querySelector("[data-rank-fields]");
  const selects = [...fields.querySelectorAll("select")];
  if (!selects.length || fields.querySelector(".has-error")) return; // what is wrong is told beside each list
  const words = root.dataset;
  const titles = new Map([...selects[0].options].filter((option) => option.value).map((option) => [option.value, option.text]));
  const ranked = [...new Set(selects.map((select) => select.value))].filter((value) => titles.has(value));
  const [list, rest, none] = ["ranked", "rest", "none"].map((part) => root.querySelector(`[data-rank-${part}]`));

  function button(icon, label, act, key) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-icon btn-ghost";
    made.setAttribute("aria-label", label);
    made.dataset.key = key;
    made.append(root.querySelector(`template[data-sign="${icon}"]`).content.cloneNode(true));
    made.addEventListener("click", act);
    return made;
  }

  function line(value, buttons) {
    const item = document.createElement("li");
    item.className = "sortable-item";
    const text = document.createElement("span");
    text.className = "sortable-text";
    text.textContent = titles.get(value);
    const moves = document.createElement("span");
    moves.className = "sortable-moves";
    moves.append(...buttons);
    item.append(text, moves);
    return item;
  }

  /** Draws both lists anew; the focus goes to the first of the named buttons that can be pressed. */
  function draw(...keys) {
    selects.forEach((select, index) => { select.value = ranked[index] ?? ""; });
    const named = (word, value) => word.replace("%s", titles.get(value));
    list.replaceChildren(...ranked.map((value, index) => {
      const up = button("up", named(words.wordUp, value), () => swap(index, index - 1, "up"), `up-${value}`);
      const down = button("down", named(words.wordDown, value), () => swap(index, index + 1, "down"), `down-${value}`);
      up.disabled = index === 0;
      down.disabled = index === ranked.length - 1;
      return line(value, [up, down, button("out", named(words.wordOut, value), () => take(index), `out-${value}`)]);
    }));
    const others = [...titles.keys()].filter((value) => !ranked.includes(value));
    rest.replaceChildren(...others.map((value) => {
      const add = button("add", named(words.wordAdd, value), () => put(value), `add-${value}`);
      add.disabled = ranked.length >= selects.length;
      return line(value, [add]);
    }));
    none.hidden = ranked.length > 0;
    rest.hidden = rest.previousElementSibling.hidden = !others.length;
    const able = keys.map((key) => root.querySelector(`[data-key="${key}"]`)).find((each) => each && !each.disabled);
    able?.focus();
  }

  function tell(value) {
    const place = ranked.indexOf(value) + 1;
    announce(place ? words.wordPlace.replace("%s", titles.get(value)).replace("%n", place) : words.wordGone.replace("%s", titles.get(value)));
  }

  function swap(from, to, way) {
    [ranked[from], ranked[to]] = [ranked[to], ranked[from]];
    const value = ranked[to];
    draw(`${way}-${value}`, `${way === "up" ? "down" : "up"}-${value}`);
    tell(value);
  }

  function put(value) {
    ranked.push(value);
    const next = [...titles.keys()].find((each) => !ranked.includes(each));
    draw(`add-${next}`, `up-${value}`, `out-${value}`);
    tell(value);
  }

  function take(index) {
    const [value] = ranked.splice(index, 1);
    draw(`add-${value}`);
    tell(value);
  }

  fields.hidden = true;
  root.querySelector("[data-rank-lists]").hidden = false;
  draw();
}
