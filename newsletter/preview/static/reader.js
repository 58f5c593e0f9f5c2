// What a screen reader announces in the email, from first to last.

import { h, plural } from "/static/dom.js";

const PLAIN = new Set(["text", "paragraph"]); // announced without their role
const ROLES = { columnheader: "column heading", rowheader: "row heading", listitem: "list item", blockquote: "quotation" };

/** Return the announcements as a list; each entry leads to its place in the email. */
export function readerList(lines, direction) {
  if (!lines.length) return h("p", { class: "nothing" }, "Nothing to announce.");
  return h("ol", { class: "order", dir: direction }, lines.map(entry));
}

function entry(line) {
  const { role, text, level, url, target, direction } = line;
  const silent = role === "image" && !text;
  const shown = silent ? "No alternative text: not announced" : [text, counts(line)].filter(Boolean).join(", ");
  return h("li", { "data-role": role, "data-level": level, "data-at": target, class: silent ? "faint" : null },
    h("span", { class: "role", dir: "ltr" }, roleName(line, level)),
    h("span", { class: "spoken" }, h("span", { class: "words", dir: text ? direction : "ltr" }, shown), url && h("span", { class: "address", dir: "ltr" }, url)));
}

function roleName({ role, row, column }, level) {
  if (level) return `heading ${level}`;
  if (PLAIN.has(role)) return "";
  const name = ROLES[role] ?? role;
  return row && column ? `${name}, row ${row}, column ${column}` : name;
}

/** Return what is announced of a list or a table beside its text: "table with 4 rows and 3 columns". */
function counts({ role, items, rows, columns }) {
  if (role === "table" && rows) return `${plural(rows, "row")} and ${plural(columns, "column")}`;
  return items ? plural(items, "item") : "";
}
