const SOON = 5000; // milliseconds: a second press of the same button, not a second thought

/** Sends a form that makes something new once, however quickly its button is pressed again. */
export function once(form) {
  let sent = -SOON;
  form.addEventListener("submit", (event) => {
    if (event.timeStamp - sent < SOON) event.preventDefault();
    else sent = event.timeStamp;
  });
}
