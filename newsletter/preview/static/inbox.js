// The row in the inbox: sender, subject and preheader, cut where each program cuts them.

import { h } from "/static/dom.js";

const DEVICES = { phone: "On a phone", desktop: "On a desktop" };
// Gmail on a desktop shows everything on one line; the others show subject and preheader on a line each.
// Lines of the preheader: Apple Mail and Outlook on a phone show two by default.
const LINES = { "Apple Mail phone": 2, "Outlook phone": 2, "Apple Mail desktop": 2 };
const JOINED = (row) => row.device === "desktop" && row.client.startsWith("Gmail");

/** Return the rows as the programs show them, and below each what is cut off. */
export function inbox(issue) {
  return h("div", { class: "inbox" }, Object.entries(DEVICES).map(([device, title]) =>
    h("section", { class: device }, h("h2", {}, title),
      issue.inbox.filter((row) => row.device === device).map((row) => program(row, issue)))));
}

function program(row, issue) {
  const lost = [["Subject", row.subject_rest], ["Preheader", row.preheader_rest]].filter(([, rest]) => rest);
  return h("figure", { class: JOINED(row) ? "program joined" : "program", "data-key": `${row.client} ${row.device}` },
    h("figcaption", {}, row.client),
    h("div", { class: "row", dir: issue.direction, lang: issue.language },
      h("span", { class: "avatar", "aria-hidden": "true" }, initial(row.sender)),
      h("p", { class: "row-sender" }, h("b", {}, h("bdi", {}, row.sender))),
      h("p", { class: "row-words" },
        h("span", { class: "row-subject" }, ended(row.subject, row.subject_rest)), " ",
        h("span", { class: "row-preheader", "data-lines": LINES[`${row.client} ${row.device}`] }, ended(row.preheader, row.preheader_rest))),
      h("time", { dir: "ltr" }, clock(issue.date))),
    lost.length
      ? h("dl", { class: "lost" }, lost.map(([name, rest]) => h("div", {}, h("dt", {}, `${name} not shown:`), h("dd", { dir: "auto" }, `…${rest}`))))
      : h("p", { class: "lost" }, "Subject and preheader are shown in full."));
}

const ended = (shown, rest) => (rest ? `${shown.trimEnd()}…` : shown);
const initial = (sender) => [...(sender ?? "").trim()][0]?.toLocaleUpperCase() ?? "?";

function clock(date) {
  const day = new Date(`${date}T00:00`);
  return Number.isNaN(day.valueOf()) ? "" : day.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
}
