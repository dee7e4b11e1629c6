/** A link that takes along what a form beside it holds: data-carry="field=argument other=argument". */
export function carry(link) {
  const address = link.getAttribute("href");
  const pairs = link.dataset.carry.split(" ").map((pair) => pair.split("="));
  const refresh = () => {
    const told = new URLSearchParams();
    for (const [field, name] of pairs) {
      for (const control of document.querySelectorAll(`form [name="${field}"]`)) {
        const values = control.multiple ? [...control.selectedOptions].map((one) => one.value) : [control.value];
        for (const value of values) if (value) told.append(name, value);
      }
    }
    link.href = told.size ? `${address}?${told}` : address;
  };
  // Before any way of following it: by mouse, by keyboard, in another tab.
  for (const event of ["pointerenter", "focus", "click"]) link.addEventListener(event, refresh);
}
