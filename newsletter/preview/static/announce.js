// What is announced to screen readers: a build that fails or works again, and a server that stops and restarts.

const at = (id) => document.getElementById(id);

export function say(text) {
  at("spoken").textContent = text;
}

/** Announce how an issue differs from its last version. */
export function announce(before, now) {
  if (!before || !now) return;
  if (now.errors.length && !before.errors.length) say(`The email cannot be built: ${now.errors[0].message}`);
  if (!now.errors.length && before.errors.length) say("Fixed: the email is built again.");
}

const STATES = { live: "Live", offline: "Preview stopped. Waiting for it to restart" };

/** Show whether the server answers. */
export function showConnection(state) {
  const shown = at("link");
  const before = shown.dataset.link;
  if (before === state) return;
  if (state === "offline") say("The preview server does not answer. The page waits for it.");
  if (before === "offline" && state === "live") say("The preview server answers again.");
  shown.dataset.link = state;
  shown.textContent = STATES[state];
}
