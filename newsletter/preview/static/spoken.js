// What is said aloud, and only that: a mail that cannot be made or is mended, and a server that comes and goes.

const at = (id) => document.getElementById(id);

export function say(words) {
  at("spoken").textContent = words;
}

/** Say what became of an issue since it was last told of. */
export function announce(before, now) {
  if (!before || !now) return;
  if (now.errors.length && !before.errors.length) say(`The mail cannot be made: ${now.errors[0].message}`);
  if (!now.errors.length && before.errors.length) say("Mended: the mail is made again.");
}

const LINKS = { live: "Live", gone: "Studio stopped: waiting for it" };

/** Show whether the server answers. */
export function linked(state) {
  const shown = at("link");
  const before = shown.dataset.link;
  if (before === state) return;
  if (state === "gone") say("The studio does not answer. The page waits for it.");
  if (before === "gone" && state === "live") say("The studio answers again.");
  shown.dataset.link = state;
  shown.textContent = LINKS[state];
}
