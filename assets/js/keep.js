// What is typed in a form stays on this device until the server has it: no connection, or a link that has ended,
// loses no text. Only forms that name themselves (`data-keep`) do so; what was stored, sent or is old is forgotten.
const PREFIX = "maillage.texte.";
const PAUSE = 300;
const WATCHED = 20000;
const OLD = 14 * 24 * 60 * 60 * 1000;
const OURS = new Set(["csrf_token", "shows", "page", "asked", "gesture"]);

const read = (name) => {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null; // this device keeps nothing, or something else
  }
};
const forget = (name) => {
  try {
    localStorage.removeItem(name);
  } catch {
    // nothing was kept
  }
};
const typed = (form) => [...new FormData(form)].filter(([name, value]) => !OURS.has(name) && typeof value === "string" && value !== "");
// What was typed: the mark of what its writer had seen comes from the page, which drops blanks around a text.
const words = (values) => values.filter(([name]) => name !== "mark").map(([name, value]) => [name, value.trim()]);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Puts kept values back into their fields; a field that has gone is left out. */
function restore(form, values) {
  const of = (name) => values.filter(([each]) => each === name).map(([, value]) => value);
  for (const field of form.elements) {
    if (!field.name || OURS.has(field.name) || field.type === "submit") continue;
    const wanted = of(field.name);
    if (field.type === "radio" || field.type === "checkbox") field.checked = wanted.includes(field.value);
    else if (field.tomselect) field.tomselect.setValue(field.multiple ? wanted : wanted[0] ?? "");
    else field.value = wanted[0] ?? "";
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

export function keep(form) {
  const name = `${PREFIX}${form.dataset.keep}`;
  const offer = document.getElementById(form.dataset.keepOffer);
  let timer;

  const settle = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const write = () => {
    settle();
    try {
      localStorage.setItem(name, JSON.stringify({ at: Date.now(), page: form.elements.page.value, values: typed(form) }));
    } catch {
      // autosave goes on without it
    }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(write, PAUSE); });
  form.addEventListener("submit", write);
  // Whoever leaves right after the last word finds it again too.
  addEventListener("pagehide", () => { if (timer) write(); });
  form.addEventListener("autosave:saved", (event) => {
    if (!event.detail.isWhole) return;
    settle();
    forget(name);
  });

  const kept = read(name);
  if (!kept?.values?.length) return;
  if (same(words(kept.values), words(typed(form)))) {
    if ("keepStored" in form.dataset) forget(name);
    return;
  }
  offer.hidden = false;
  const when = new Date(kept.at).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  offer.querySelector("[data-keep-when]").textContent = when.replace(/(\d\d):(\d\d)$/u, "$1\u00a0h\u00a0$2");
  offer.querySelector("[data-keep-restore]").addEventListener("click", () => {
    restore(form, kept.values);
    offer.hidden = true;
    form.querySelector("textarea").focus();
  });
  offer.querySelector("[data-keep-forget]").addEventListener("click", () => {
    forget(name);
    offer.hidden = true;
    form.querySelector("textarea").focus();
  });
}

/** What a page has sent stays no longer: its receipt names that page. */
export function sent(element) {
  const name = `${PREFIX}${element.dataset.kept}`;
  if (read(name)?.page === element.dataset.keptPage) forget(name);
}

/** Asks now and then whether somebody wrote on another page, and says so; without connection it stays silent. */
export function watch(element) {
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(element.dataset.watch);
      if (answer.status === 200) element.textContent = (await answer.text()).trim();
    } catch {
      // the next time
    }
  }, WATCHED);
}

/** Forgets what was left here two weeks ago. */
export function forgetOld() {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(PREFIX) && !((read(name)?.at ?? 0) > Date.now() - OLD)) forget(name);
    }
  } catch {
    // this device keeps nothing at all
  }
}
