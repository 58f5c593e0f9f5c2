// The keys, and the page that tells of them.

import { h } from "/static/dom.js";
import { TABS, keyOf } from "/static/tabs.js";

// Group -> keys as they are told, what they do, and the name of the act.
const KEYS = [
  ["Look", [
    ["1 – 0", TABS.filter((tab) => !tab.key).map((tab) => tab.label).join(", "), null],
    ["c", "Changes since it was published", null],
    ["w", "Next width: phone, tablet, desktop", "width"],
    ["s", "Side by side, or one view again", "split"],
    ["v", "Go to the other view", "other"],
  ]],
  ["Problems and lines", [
    ["n", "Next problem", "next"],
    ["p", "Previous problem", "previous"],
    ["j", "Next paragraph of the mail", "down"],
    ["k", "Previous paragraph of the mail", "up"],
    ["e", "Open the place in the editor", "edit"],
    ["Esc", "Unmark", "clear"],
  ]],
  ["Issues", [
    ["/", "Find an issue", "find"],
    ["[", "Older issue", "older"],
    ["]", "Newer issue", "newer"],
  ]],
  ["The page", [
    ["i", "List of issues: show or hide", "issues"],
    ["d", "Problems and counts: show or hide", "notes"],
    ["?", "These keys", "help"],
  ]],
];
const ACTS = new Map(KEYS.flatMap(([, keys]) => keys.filter(([, , act]) => act).map(([key, , act]) => [key === "Esc" ? "Escape" : key, act])));
const VIEWS = new Map(TABS.map((tab) => [keyOf(tab), tab.variants[0]]));
const SETTING = "newsletter-studio-keys";

/** Return a listener for keys; `acts` has a function for each act, and `view(name)`. */
export function keyboard(acts) {
  return (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (localStorage.getItem(SETTING) === "off" && !["?", "Escape"].includes(event.key)) return;
    if (document.querySelector("dialog[open]")) return;
    const act = ACTS.get(event.key);
    const view = VIEWS.get(event.key);
    if (!act && !view) return;
    event.preventDefault();
    if (act) acts[act]();
    else acts.view(view);
  };
}

const typing = (target) => target instanceof HTMLElement && target.matches("input, select, textarea, [contenteditable]");

/** Fill the dialog that tells the keys. Single keys can be turned off, for people who speak to their computer. */
export function help(dialog) {
  const box = h("input", { type: "checkbox", id: "single-keys" });
  box.checked = localStorage.getItem(SETTING) !== "off";
  box.addEventListener("change", () => localStorage.setItem(SETTING, box.checked ? "on" : "off"));
  const shut = h("button", { type: "button" }, "Close");
  shut.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(
    h("header", {}, h("h2", { id: "help-title" }, "Keys"), shut),
    h("div", { class: "keys" }, KEYS.map(([title, keys]) => h("div", {}, h("h3", {}, title),
      h("dl", {}, keys.flatMap(([key, does]) => [h("dt", {}, key.split(" ").map((one) => (one === "–" ? " – " : h("kbd", {}, one)))), h("dd", {}, does)]))))),
    h("p", { class: "soft" }, "The width is drawn at the edge of the mail, or with the arrow keys while the edge has the focus. In the mail, a click on a paragraph tells its file and line."),
    h("p", { class: "switch" }, h("label", {}, box, "Single keys do something")));
}
