const PHONE = matchMedia("(max-width: 47.99rem)");

/** The card beside the picture, fetched when an actor is chosen. */
export class Card {
  asked = 0;

  constructor(section) {
    this.side = section.querySelector("[data-side]");
    this.pattern = section.dataset.cardUrl;
  }

  get covered() {
    return this.side.hidden || PHONE.matches ? 0 : this.side.parentElement.clientWidth - this.side.offsetLeft;
  }

  async open(slug, steps) {
    const number = (this.asked += 1);
    const address = new URL(this.pattern.replace("SLUG", encodeURIComponent(slug)), location.href);
    address.search = location.search;
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const text = await answer.text();
    if (number !== this.asked) return;
    this.side.innerHTML = text;
    window.htmx?.process(this.side);
    this.side.hidden = false;
    this.side.scrollTop = 0;
    this.press(steps);
  }

  /** Shows how far from the actor the picture reaches. */
  press(steps) {
    for (const button of this.side.querySelectorAll("[data-steps]")) button.setAttribute("aria-pressed", String(Number(button.dataset.steps) === steps));
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
