const WAIT = 350;

/** Brings the words of the page (lead, table, figures) after the picture: the same address, asked again, part by part. */
export class Follower {
  number = 0;
  waiting = null;

  constructor(failed) {
    this.failed = failed;
  }

  soon() {
    clearTimeout(this.waiting);
    for (const part of document.querySelectorAll("[data-follow]")) part.setAttribute("aria-busy", "true");
    this.waiting = setTimeout(() => this.now(), WAIT);
  }

  async now() {
    const number = (this.number += 1);
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (number !== this.number) return;
      if (!answer.ok) throw new Error(`${location.href}: ${answer.status}`);
      for (const part of document.querySelectorAll("[data-follow]")) this.replace(part, page.getElementById(part.id));
    } catch (problem) {
      console.warn(problem);
      if (number === this.number) this.failed();
    }
  }

  replace(part, fresh) {
    part.removeAttribute("aria-busy");
    if (!fresh || fresh.innerHTML === part.innerHTML) return;
    const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
    const open = [...part.querySelectorAll("details[open][id]")].map(({ id }) => id);
    part.replaceChildren(...fresh.childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    window.htmx?.process(part);
  }
}
