import TomSelect from "tom-select/base";
import removeButton from "tom-select/plugins/remove_button/plugin.js";

TomSelect.define("remove_button", removeButton);

const words = document.body.dataset;

/** Makes a long list searchable by typing. */
export function choose(select) {
  const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  const control = new TomSelect(select, {
    plugins: select.multiple ? { remove_button: { title: words.wordRemove, label: "×" } } : {},
    maxOptions: 500,
    allowEmptyOption: !select.multiple,
    hideSelected: select.multiple,
    placeholder: select.getAttribute("placeholder") ?? "",
    render: { no_results: () => Object.assign(document.createElement("div"), { className: "no-results", textContent: words.wordNothingFound }) },
  });
  // The hidden list keeps its name, and hands on the focus that a link of the error summary gives it.
  if (label) select.setAttribute("aria-label", label.textContent.trim());
  select.addEventListener("focus", () => control.focus());
  for (const attribute of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(attribute)) control.control_input.setAttribute(attribute, select.getAttribute(attribute));
  }
}
