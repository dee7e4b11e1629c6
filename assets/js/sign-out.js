import { keptOf } from "./running/store.js";

/** Whoever signs out leaves nothing of theirs on the device. What a meeting could not send yet is said before. */
export function signOut(form) {
  form.addEventListener("submit", (event) => {
    const { account, wordUnsent } = document.body.dataset;
    const kept = account ? keptOf(account) : [];
    if (!kept.length) return;
    if (!window.confirm(wordUnsent)) return event.preventDefault();
    for (const name of kept) localStorage.removeItem(name);
    dispatchEvent(new Event("running:leave"));
  });
}
