/** Until when what a door keeps on this device may stay: `{prefix of its entries: milliseconds since 1970}`. */

const NAME = "maillage.portes";

function read() {
  try {
    return JSON.parse(localStorage.getItem(NAME)) ?? {};
  } catch {
    return {}; // nothing kept, or not ours
  }
}

function write(doors) {
  try {
    if (Object.keys(doors).length) localStorage.setItem(NAME, JSON.stringify(doors));
    else localStorage.removeItem(NAME);
  } catch {
    // This device keeps nothing at all.
  }
}

export function remember(prefix, until) {
  write({ ...read(), [prefix]: until });
}

/** Erases all that a door kept. */
export function forget(prefix) {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(prefix)) localStorage.removeItem(name);
  } catch {
    return; // nothing is kept
  }
  const doors = read();
  delete doors[prefix];
  write(doors);
}

/** Erases what belongs to links that have ended: any page of the product does it on its way. */
export function forgetEnded(now = Date.now()) {
  for (const [prefix, until] of Object.entries(read())) if (until < now) forget(prefix);
}
