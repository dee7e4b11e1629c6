const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** A grid of boxes: arrows move, the space bar ticks, « tout le monde » ticks whoever is awaited in a column. */
export function grid(form) {
  const lines = [...form.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input[type=checkbox]")]);
  const place = new Map();
  lines.forEach((boxes, row) => boxes.forEach((box, column) => place.set(box, [row, column])));
  let changed = false;

  /** One box is reached by Tab; the arrows go on from there. */
  const hold = (box) => {
    for (const one of place.keys()) one.tabIndex = one === box ? 0 : -1;
  };
  const go = (row, column) => {
    const box = lines[Math.max(0, Math.min(row, lines.length - 1))][Math.max(0, Math.min(column, lines[0].length - 1))];
    hold(box);
    box.focus();
  };

  const column = (number) => lines.slice(1).map((boxes) => boxes[number]).filter((box) => box.hasAttribute("data-awaited"));
  const settle = (number) => {
    const boxes = column(number);
    const all = lines[0][number];
    all.checked = boxes.length > 0 && boxes.every((box) => box.checked);
    all.indeterminate = !all.checked && boxes.some((box) => box.checked);
  };

  form.addEventListener("keydown", (event) => {
    const here = place.get(event.target);
    if (!here || event.altKey || event.metaKey) return;
    const step = STEPS[event.key];
    if (step && !event.ctrlKey) go(here[0] + step[0], here[1] + step[1]);
    else if (event.key === "Home") go(event.ctrlKey ? 0 : here[0], 0);
    else if (event.key === "End") go(event.ctrlKey ? lines.length - 1 : here[0], lines[0].length - 1);
    else return;
    event.preventDefault();
  });
  form.addEventListener("focusin", (event) => { if (place.has(event.target)) hold(event.target); });
  form.addEventListener("change", (event) => {
    const here = place.get(event.target);
    if (!here) return;
    changed = true;
    if (here[0] === 0) for (const box of column(here[1])) box.checked = event.target.checked;
    else settle(here[1]);
  });
  form.addEventListener("submit", () => {
    changed = false;
    // Each box says for itself who was there: « tout le monde » is for pages without scripts.
    for (const box of lines[0]) box.disabled = true;
  });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  addEventListener("pageshow", () => { for (const box of lines[0]) box.disabled = false; });

  lines[0].forEach((_box, number) => settle(number));
  hold(lines[0][0]);
}
