import { dateOf } from "./history.js";

/** The words of the address that the picture itself reads and writes; all others stay as they are. */
const OWN = ["date", "date2", "centre", "steps", "to", "view", "pick", "place", "hide", "origine"];
const OPENED_BY = "vue"; // the saved view that led here: not true any more once something is changed

/** What the address asks of the picture. */
export function readAddress() {
  const given = new URLSearchParams(location.search);
  return {
    centre: given.get("centre") ?? "",
    steps: Number(given.get("steps")) || 0,
    to: given.get("to") ?? "",
    view: given.get("view") ?? "",
    picks: given.getAll("pick"),
    place: given.get("place") ?? "",
    hidden: given.getAll("hide"),
  };
}

/** The present address with these of its own words, in one fixed order; empty ones are left out. */
export function writeAddress(state) {
  const address = new URL(location.href);
  for (const name of [...OWN, OPENED_BY]) address.searchParams.delete(name);
  const written = {
    date: state.day === state.today ? [] : [dateOf(state.day)],
    date2: state.compared === null ? [] : [dateOf(state.compared)],
    centre: [state.centre],
    steps: state.centre && state.steps ? [String(state.steps)] : [],
    to: state.centre ? [state.to] : [],
    view: [state.view],
    pick: state.picks,
    place: [state.place],
    hide: [...state.hidden].sort(),
    origine: state.origins ?? [],
  };
  for (const [name, values] of Object.entries(written)) {
    for (const value of values) if (value || name === "origine") address.searchParams.append(name, value);
  }
  return address;
}

/** Writes the address, and into the link that saves it under a name. */
export function remember(address) {
  history.replaceState(history.state, "", address);
  const link = document.querySelector("[data-save-view]");
  if (link) link.search = address.search;
}
