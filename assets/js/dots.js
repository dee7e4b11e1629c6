/** Dots to spread: buttons for one more and one less, and how many are left, said politely as well. */
export function dots(form) {
  const budget = Number(form.dataset.budget);
  const most = Number(form.dataset.most);
  const left = form.querySelector("[data-dots-left]");
  const number = left.querySelector("[data-dots-number]");
  const heard = left.querySelector("[data-dots-said]");
  const inputs = () => [...form.querySelectorAll("input[data-dots-on]")];
  const amount = (input) => Math.max(0, Math.trunc(Number(input.value)) || 0);

  function remaining() {
    return budget - inputs().reduce((sum, input) => sum + amount(input), 0);
  }

  function words() {
    const free = remaining();
    const said = left.dataset;
    if (free < 0) return said.wordOver.replace("%s", String(-free));
    if (free === 0) return said.wordNone;
    return free === 1 ? said.wordOne : said.wordMany.replace("%s", String(free));
  }

  /** What can't be pressed says so and keeps the focus. */
  function show() {
    const free = remaining();
    number.textContent = words();
    left.classList.toggle("dots-left-over", free < 0);
    for (const input of inputs()) {
      const stands = amount(input);
      for (const button of input.closest(".dots-field").querySelectorAll("[data-dots-step]")) {
        const more = button.dataset.dotsStep === "1";
        button.setAttribute("aria-disabled", String(more ? free <= 0 || stands >= most : stands <= 0));
      }
    }
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dots-step]");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const input = button.closest(".dots-field").querySelector("input[data-dots-on]");
    input.value = String(amount(input) + Number(button.dataset.dotsStep));
    heard.textContent = `${input.dataset.dotsOn} : ${input.value}.`;
    show();
  });
  form.addEventListener("input", show);
  show();
}
