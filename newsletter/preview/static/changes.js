// What changed since the issue was last published, as a list with a few words around each change.

import { h } from "/static/dom.js";
import { day } from "/static/issues.js";

const SIGNS = { "-": "del", "+": "ins" };
const AROUND = 5; // words shown before and after a change
const CLOSING = /^[,.;:!?…%)\]}’”»]/; // what stands against the word before it

export function changeList({ available, why, since, changes }) {
  const summary = [changes.length || "none", since && `since ${day(since.slice(0, 10))}`].filter(Boolean).join(" ");
  return h("section", { "data-key": "changes", "aria-labelledby": "changes-title" },
    h("h2", { id: "changes-title" }, "Changes", available && h("span", { class: "count" }, summary)),
    !available && h("p", { class: "soft" }, why),
    available && h("ol", { class: "change-list" }, changes.map(entry)));
}

function entry({ kind, target, details, before, after }, index) {
  const runs = merged(before, after);
  const words = runs.map(([mark, text], position) => [
    position > 0 && !CLOSING.test(text) && " ",
    SIGNS[mark] ? h(SIGNS[mark], {}, text) : shortened(text, position === 0, position === runs.length - 1),
  ]);
  return h("li", { "data-key": `change ${index}` },
    h("button", { type: "button", "data-change": index, disabled: !target },
      h("span", { class: "kind" }, kind), h("span", { class: "change-words", dir: "auto" }, words,
        details.map((text) => h("span", { class: "change-detail", dir: "auto" }, text)))));
}

/** Return one list of runs: what was removed before what replaced it. */
function merged(before, after) {
  const rest = [...after];
  const runs = [];
  const takeAdded = () => {
    while (rest[0]?.[0] === "+") runs.push(rest.shift());
  };
  for (const run of before) {
    if (run[0] === "=") {
      takeAdded();
      rest.shift();
    }
    runs.push(run);
  }
  takeAdded();
  return runs;
}

/** Return unchanged text shortened to the words next to a change. */
function shortened(text, first, last) {
  const words = text.split(/\s+/);
  if (words.length <= 2 * AROUND + 1) return text;
  const start = first ? [] : words.slice(0, AROUND);
  const end = last ? [] : words.slice(-AROUND);
  return [...start, "…", ...end].join(" ");
}
