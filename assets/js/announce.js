/** Says a sentence to screen readers and shows it for a moment at the foot of the page. */
export function announce(sentence) {
  const region = document.querySelector("[data-live]");
  region.textContent = sentence;
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => { region.textContent = ""; }, 6000);
}
