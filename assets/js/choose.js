import TomSelect from "tom-select/base";
import removeButton from "tom-select/plugins/remove_button/plugin.js";

TomSelect.define("remove_button", removeButton);

const words = document.body.dataset;

/** Makes a long list searchable by typing. */
export function choose(select) {
  const control = new TomSelect(select, {
    plugins: select.multiple ? { remove_button: { title: words.wordRemove, label: "×" } } : {},
    maxOptions: 500,
    hideSelected: select.multiple,
    placeholder: select.getAttribute("placeholder") ?? "",
    render: { no_results: () => Object.assign(document.createElement("div"), { className: "no-results", textContent: words.wordNothingFound }) },
  });
  const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  if (label) control.control_input.setAttribute("aria-label", label.textContent.trim());
  for (const attribute of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(attribute)) control.control_input.setAttribute(attribute, select.getAttribute(attribute));
  }
}
