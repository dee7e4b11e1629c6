import { csrfToken } from "./csrf.js";

const PAUSE = 1200;
const RETRY = 10000;

const REFUSED = new Set([409, 410, 422]);
const ENDED = new Set([404, 410]); // the link by which one writes: trying again wouldn't help

/** Sends a draft a moment after the last change and says when it was saved. The form's own button still works.
 *  A refusal (409: changed elsewhere, 410, 422) is said in the server's own words; trying again wouldn't help. */
export function autosave(form) {
  const status = form.querySelector("[data-autosave-status]") ?? document.querySelector("[data-autosave-status]");
  const language = document.documentElement.lang;
  let timer;
  let sending = false;
  let changed = false;

  const say = (sentence, failed = false) => {
    status.textContent = sentence;
    status.classList.toggle("has-failed", failed);
  };
  const hour = () => {
    const now = new Date();
    const minutes = String(now.getMinutes()).padStart(2, "0");
    return language === "fr" ? `${now.getHours()}\u00a0h\u00a0${minutes}` : `${String(now.getHours()).padStart(2, "0")}:${minutes}`;
  };
  const later = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  };

  async function save() {
    if (sending) return later(PAUSE);
    sending = true;
    changed = false;
    say(status.dataset.wordSaving);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-CSRFToken": csrfToken(form), "X-Autosave": "1" },
        redirect: "manual",
        keepalive: true,
      });
      if (REFUSED.has(answer.status) && answer.headers.get("Content-Type")?.startsWith("text/plain")) {
        return say(await answer.text(), true);
      }
      if (ENDED.has(answer.status)) return say(status.dataset.wordEnded, true);
      if (!answer.ok) throw new Error(String(answer.status));
      say(`${status.dataset.wordSaved} ${hour()}`);
      form.dispatchEvent(new CustomEvent("autosave:saved", { detail: { isWhole: !changed } }));
    } catch {
      changed = true;
      say(status.dataset.wordFailed, true);
      later(RETRY);
    } finally {
      sending = false;
    }
  }

  form.addEventListener("input", () => { changed = true; later(PAUSE); });
  form.addEventListener("change", () => { changed = true; later(PAUSE); });
  form.addEventListener("submit", () => { clearTimeout(timer); changed = false; });
  // Leaving the page: what was typed in the last second goes too.
  document.addEventListener("visibilitychange", () => { if (document.hidden && changed) save(); });
}
