// The words of a printed page: what is chosen there, by mouse, finger or the buttons, goes into the form beside it.
import { announce } from "./announce.js";

const tidy = (text) => text.replace(/\s+/g, " ").trim();

/** The form follows the page that is turned beside it, unless a quotation was taken from another one. */
function follow(root, form) {
  const { reading, quote, source_page: page } = form.elements;
  if (!quote.value && page.value === form.dataset.shows) page.value = root.dataset.page;
  form.dataset.shows = root.dataset.page;
  reading.value = root.dataset.number;
}

/** Whoever leaves with words that aren't taken yet is asked first. */
function guard(form) {
  let isSent = false;
  form.addEventListener("submit", () => { isSent = true; });
  addEventListener("beforeunload", (event) => {
    const typed = [...form.querySelectorAll("textarea")].some((field) => field.value);
    if (typed && !isSent) event.preventDefault();
  });
}

export function passage(root) {
  const text = root.querySelector("[data-passage-text]");
  const form = document.getElementById(root.dataset.passage);
  if (!form) return;
  if (!form.dataset.shows) guard(form);
  follow(root, form);
  if (!text) return;
  const said = root.querySelector("[data-passage-said]");
  const sentences = [...text.querySelectorAll("[data-sentence]")];
  let chosen = "";
  let [first, last] = [-1, -1];
  let filled = "";

  const say = () => { said.textContent = chosen ? `${root.dataset.wordChosen} ${chosen}` : ""; };

  /** Shows sentences as chosen; what the browser selects is what will be taken. */
  const choose = (from, to) => {
    [first, last] = [from, to];
    const range = document.createRange();
    range.setStartBefore(sentences[from]);
    range.setEndAfter(sentences[to]);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    sentences[to].scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    if (!selection.rangeCount || !text.contains(selection.getRangeAt(0).commonAncestorContainer)) return;
    chosen = tidy(selection.toString());
    const range = selection.getRangeAt(0);
    const touched = sentences.map((each, place) => (range.intersectsNode(each) ? place : -1)).filter((place) => place >= 0);
    if (touched.length) [first, last] = [touched[0], touched.at(-1)];
    say();
  });

  for (const button of root.querySelectorAll("[data-passage-step]")) {
    const step = Number(button.dataset.passageStep);
    button.addEventListener("click", () => {
      const place = step > 0 ? Math.min(last + 1, sentences.length - 1) : Math.max(first - 1, 0);
      choose(place, place);
    });
  }
  root.querySelector("[data-passage-more]").addEventListener("click", () => {
    choose(Math.max(first, 0), Math.min(last + 1, sentences.length - 1));
  });
  root.querySelector("[data-passage-take]").addEventListener("click", () => {
    if (!chosen) {
      said.textContent = root.dataset.wordNone;
      return;
    }
    const { quote, proposal, source_page: page } = form.elements;
    quote.value = chosen;
    page.value = root.dataset.page;
    // What somebody has written there is theirs.
    if (!proposal.value || proposal.value === filled) {
      proposal.value = filled = chosen;
      proposal.dispatchEvent(new Event("input", { bubbles: true }));
    }
    announce(root.dataset.wordTaken);
    proposal.focus();
  });
}
