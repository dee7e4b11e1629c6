/** The token that goes with every change: the form's own where there is one, else the page's. */
export function csrfToken(element) {
  const field = element?.closest?.("form")?.elements?.csrf_token ?? element?.querySelector?.("input[name=csrf_token]");
  return field?.value ?? document.querySelector("meta[name=csrf-token]")?.content ?? "";
}
