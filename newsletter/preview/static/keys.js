// The keys, and the dialog that lists them.

import { h } from "/static/dom.js";
import { TABS, keyOf } from "/static/tabs.js";

// Group -> keys as shown, what they do, and the name of the action.
const KEYS = [
  ["Views", [
    ["1 – 0", TABS.filter((tab) => !tab.key).map((tab) => tab.label).join(", "), null],
    ["o", "Outlook (Word engine), approximated", null],
    ["l", "Links, numbered, with their last verdicts", null],
    ["c", "Changes since it was published", null],
    ["w", "Next width: phone, tablet, desktop", "width"],
    ["s", "Two views side by side, or one again", "split"],
    ["v", "Go to the other view", "other"],
    ["t", "Try a look on the email, in light and dark", "look"],
  ]],
  ["Problems and lines", [
    ["n", "Next problem", "next"],
    ["p", "Previous problem", "previous"],
    ["j", "Next paragraph of the email", "down"],
    ["k", "Previous paragraph of the email", "up"],
    ["e", "Open the current location in the editor", "edit"],
    ["f", "Follow edits: scroll to the paragraph being edited, or not", "follow"],
    ["Esc", "Clear the mark", "clear"],
  ]],
  ["Issues", [
    ["/", "Find an issue", "find"],
    ["[", "Older issue", "older"],
    ["]", "Newer issue", "newer"],
  ]],
  ["The page", [
    ["i", "Show or hide the list of issues", "issues"],
    ["d", "Show or hide problems and counts", "notes"],
    ["?", "Show these keys", "help"],
  ]],
];
const ACTIONS = new Map(KEYS.flatMap(([, keys]) => keys.filter(([, , action]) => action).map(([key, , action]) => [key === "Esc" ? "Escape" : key, action])));
const VIEWS = new Map(TABS.map((tab) => [keyOf(tab), tab.variants[0]]));
const SETTING = "newsletter-studio-keys";

/** Return a listener for keys; `actions` has a function for each action, and `view(name)`. */
export function keyboard(actions) {
  return (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (localStorage.getItem(SETTING) === "off" && !["?", "Escape"].includes(event.key)) return;
    if (document.querySelector("dialog[open]")) return;
    const action = ACTIONS.get(event.key);
    const view = VIEWS.get(event.key);
    if (!action && !view) return;
    event.preventDefault();
    if (action) actions[action]();
    else actions.view(view);
  };
}

const typing = (target) => target instanceof HTMLElement && target.matches("input, select, textarea, [contenteditable]");

/** Fill the dialog of keys. Single keys can be turned off, for people who dictate to their computer (WCAG 2.1.4). */
export function help(dialog) {
  const box = h("input", { type: "checkbox", id: "single-keys" });
  box.checked = localStorage.getItem(SETTING) !== "off";
  box.addEventListener("change", () => localStorage.setItem(SETTING, box.checked ? "on" : "off"));
  const close = h("button", { type: "button" }, "Close");
  close.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(
    h("header", {}, h("h2", { id: "help-title" }, "Keys"), close),
    h("div", { class: "keys" }, KEYS.map(([title, keys]) => h("div", {}, h("h3", {}, title),
      h("dl", {}, keys.flatMap(([key, does]) => [h("dt", {}, key.split(" ").map((part) => (part === "–" ? " – " : h("kbd", {}, part)))), h("dd", {}, does)]))))),
    h("p", { class: "soft" }, "Drag the edge of the email to change its width, or focus the edge and use the arrow keys. Click a paragraph of the email to see its file and line."),
    h("p", { class: "switch" }, h("label", {}, box, "Use single keys")));
}
