import Sortable from "sortablejs";
import { csrfToken } from "./csrf.js";

const settled = new WeakMap(); // of each list: takes its present order for the stored one

/**
 * A list put in order by dragging or by its up and down buttons; each change is posted as item=…&item=…, then
 * told by the event « sorted ».
 * Lists of one group give each other items: the one that an item comes to posts its whole order.
 */
export function sortable(list) {
  const status = list.parentElement.querySelector("[data-sortable-status]");
  const items = () => [...list.children];
  let saved = items();

  function edges() {
    const all = items();
    all.forEach((item, index) => {
      item.querySelector("[data-move=up]").disabled = index === 0;
      item.querySelector("[data-move=down]").disabled = index === all.length - 1;
    });
  }

  /** Elements elsewhere on the page that stand in the same order. */
  function lead() {
    const followers = list.dataset.followedBy && document.getElementById(list.dataset.followedBy);
    if (!followers) return;
    for (const item of items()) followers.append(followers.querySelector(`:scope > [data-id="${item.dataset.id}"]`));
  }

  async function save(takeBack = () => {}) {
    edges();
    lead();
    const body = new FormData();
    for (const item of items()) body.append("item", item.dataset.id);
    const token = csrfToken(list);
    body.append("csrf_token", token);
    try {
      const answer = await fetch(list.dataset.sortable, { method: "POST", body, headers: { "X-CSRFToken": token } });
      if (answer.status === 409) throw new Error(await answer.text());
      if (!answer.ok) throw new Error("");
      saved = items();
      status.textContent = status.dataset.wordSaved;
      status.classList.remove("has-failed");
      list.dispatchEvent(new CustomEvent("sorted", { bubbles: true }));
    } catch (problem) {
      takeBack();
      list.append(...saved);
      edges();
      lead();
      status.textContent = (problem instanceof TypeError ? "" : problem.message) || status.dataset.wordFailed;
      status.classList.add("has-failed");
    }
  }

  function move(button) {
    const item = button.closest("[data-id]");
    if (button.dataset.move === "up") item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    edges();
    // The focus stays with the item; at an end, on the button that still leads somewhere.
    (button.disabled ? item.querySelector("[data-move]:not(:disabled)") : button).focus();
    save();
  }

  list.addEventListener("submit", (event) => {
    const button = event.submitter?.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    move(button);
  });
  settled.set(list, () => { saved = items(); edges(); });
  new Sortable(list, {
    group: list.dataset.sortableGroup || null,
    handle: ".sortable-handle",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    ghostClass: "is-ghost",
    onUpdate: () => save(),
    onRemove: () => settled.get(list)(),
    onAdd: ({ item, from, oldIndex }) => save(() => { from.insertBefore(item, from.children[oldIndex] ?? null); settled.get(from)(); }),
  });
}
