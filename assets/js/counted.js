/** A form's button says how many boxes are ticked; with none it says what it is for. */
export function counted(form) {
  const button = form.querySelector("[data-word-many]");
  const word = button.querySelector("span");
  const boxes = () => [...form.elements].filter((field) => field.type === "checkbox" && field.checked);

  function say() {
    const number = boxes().length;
    const words = button.dataset;
    if (number === 0) word.textContent = words.wordNone;
    else if (number === 1) word.textContent = words.wordOne;
    else word.textContent = words.wordMany.replace("%s", String(number));
  }

  form.addEventListener("change", say);
  say();
}
