const YEAR = 365 * 24 * 3600;

/** Light, dark, or as the device says: the choice is kept in a cookie, so the server writes the page in it at once. */
function apply(choice) {
  if (choice) document.documentElement.dataset.bsTheme = choice;
  else delete document.documentElement.dataset.bsTheme;
  document.cookie = `theme=${choice}; path=/; max-age=${choice ? YEAR : 0}; samesite=lax`;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
  document.dispatchEvent(new CustomEvent("theme:changed"));
}

/** Lets the theme buttons act without leaving the page. */
export function themeSwitch() {
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      apply(button.dataset.themeChoice);
      button.closest("details").open = false;
      button.closest("details").querySelector("summary").focus();
    });
  }
}

/** The colour that a token has now, as rgb(): for canvases, which can't read light-dark(). */
export function tokenColour(name) {
  const probe = document.createElement("span");
  probe.className = "colour-probe";
  document.body.append(probe);
  probe.style.color = `var(${name})`;
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
