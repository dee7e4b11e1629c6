const MINUTE = 60000;

/** Says beside the point that should be on how long it has left, or how long it is over: quietly, in words. */
export class Clock {
  constructor(root) {
    this.root = root;
    this.begin(root.dataset.opened);
    setInterval(() => this.tell(), 15000);
  }

  /** The meeting began at that moment; "" or null: it isn't on. */
  begin(moment) {
    this.start = moment ? new Date(moment).getTime() : null;
    this.tell();
  }

  tell() {
    const points = [...this.root.querySelectorAll("[data-point]")];
    const now = Date.now();
    let at = this.start;
    let found = null;
    for (const point of points) {
      const minutes = Number(point.dataset.minutes ?? 0);
      const end = at !== null && minutes ? at + minutes * MINUTE : null;
      if (at !== null && at <= now && (end === null || now < end || point === points.at(-1))) found = [point, end];
      at = end;
      if (found) break;
    }
    for (const point of points) {
      const isNow = point === found?.[0];
      point.classList.toggle("is-now", isNow);
      const place = point.querySelector("[data-clock]");
      if (place) place.textContent = isNow ? this.words(found[1], now) : "";
    }
  }

  words(end, now) {
    const { wordNow, wordLeft, wordOver } = this.root.dataset;
    if (end === null) return wordNow;
    const minutes = Math.ceil(Math.abs(end - now) / MINUTE);
    return end > now ? `${wordNow} · ${wordLeft.replace("%s", minutes)}` : wordOver.replace("%s", minutes);
  }
}
