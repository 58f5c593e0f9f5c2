// What a screen reader says of the mail, from first to last.

import { h, plural } from "/static/dom.js";

const BARE = new Set(["text", "paragraph"]); // said without a word of its own

/** Return the reading as a list; each entry leads to its place in the mail. */
export function order(reading, direction) {
  if (!reading.length) return h("p", { class: "nothing" }, "There is nothing to read out.");
  return h("ol", { class: "order", dir: direction }, reading.map(entry));
}

function entry({ role, text, level, url, items, target }) {
  const called = level ? `heading ${level}` : BARE.has(role) ? "" : role;
  const silent = role === "image" && !text;
  const words = silent ? "No alternative text: left out" : text || (items ? plural(items, "item") : "");
  return h("li", { "data-role": role, "data-level": level, "data-at": target, class: silent ? "faint" : null },
    h("span", { class: "role" }, called),
    h("span", { class: "said", dir: "auto" }, h("span", { class: "words" }, words), url && h("span", { class: "address", dir: "ltr" }, url)));
}
