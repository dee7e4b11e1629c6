// Counted as the server counts them: a letter outside the basic plane is one sign, a line end is one, outer blanks are none.
/** Says under a field how many signs are left: data-signs is the most, data-word-… are the sentences. */
export function signs(field) {
  const most = Number(field.dataset.signs);
  const words = field.dataset;
  const shown = document.createElement("p");
  shown.className = "signs";
  shown.setAttribute("aria-hidden", "true");
  const told = document.createElement("p");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  field.after(shown, told);

  function sentence() {
    const left = most - [...field.value.trim()].length;
    if (left >= 0) return left === 1 ? words.wordLast : words.wordLeft.replace("%s", String(left));
    return left === -1 ? words.wordOneOver : words.wordOver.replace("%s", String(-left));
  }

  function say() {
    shown.textContent = sentence();
    shown.classList.toggle("signs-over", [...field.value.trim()].length > most);
  }

  // A reader of the screen hears it once the typing rests, not at each letter.
  let rest;
  field.addEventListener("input", () => {
    say();
    clearTimeout(rest);
    rest = setTimeout(() => { told.textContent = sentence(); }, 1000);
  });
  say();
}
