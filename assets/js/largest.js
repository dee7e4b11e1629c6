// A file larger than the form takes is told at once, beside its field: sending it would take minutes for a refusal.
/** Watches a file field whose data-largest is a number of bytes; data-word-largest is the sentence. */
export function largest(field) {
  const place = document.createElement("p");
  place.className = "form-error";
  place.id = `${field.id}-largest`;
  place.setAttribute("role", "alert");
  const told = field.getAttribute("aria-describedby");
  const check = () => {
    const heavy = [...field.files].some((file) => file.size > Number(field.dataset.largest));
    place.textContent = heavy ? field.dataset.wordLargest : "";
    if (heavy) field.after(place);
    else place.remove();
    if (heavy) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    const described = [told, heavy ? place.id : null].filter(Boolean).join(" ");
    if (described) field.setAttribute("aria-describedby", described);
    else field.removeAttribute("aria-describedby");
    return heavy;
  };
  field.addEventListener("change", check);
  field.form?.addEventListener("submit", (event) => {
    if (!check()) return;
    event.preventDefault();
    event.stopPropagation();
    field.focus();
  });
}
