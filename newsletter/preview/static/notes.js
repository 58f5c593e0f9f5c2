// What there is to know beside the mail: counts, problems, changes, credits, links.

import { changeList } from "/static/changes.js";
import { h, icon, kilobytes, number, placeLink, plural } from "/static/dom.js";

export const KINDS = { error: ["error", "errors"], warning: ["warning", "warnings"], info: ["note", "notes"] };
const ICONS = {
  error: "M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13M8 4.75v4M8 11.2v.05",
  warning: "M8 2l6.5 11.5h-13zM8 6.5v3.25M8 11.7v.05",
  info: "M2.5 2.5h11v11h-11zM8 7.25v3.75M8 4.9v.05",
};
const RANK = Object.keys(KINDS);

/** Return an issue whose findings have keys: the same problem has the same again after a save that moved its line. */
export function keyed(issue) {
  const seen = new Map();
  const key = ({ code, path, message }) => {
    const said = [code, path, message].join(" ");
    seen.set(said, (seen.get(said) ?? 0) + 1);
    return `${said} ${seen.get(said)}`;
  };
  return { ...issue, findings: issue.findings.map((finding) => ({ ...finding, key: key(finding) })) };
}

/** Return findings as they are listed: what is worst first, then by place. */
export function listed(issue, hidden = new Set()) {
  const rank = (finding) => RANK.indexOf(finding.severity);
  return issue.findings.filter((finding) => !hidden.has(finding.severity)).sort((one, other) => rank(one) - rank(other));
}

/** Return everything in the panel. `open` is the key of the problem that is looked at. */
export function notes(issue, { hidden, open, changes }) {
  return [glance(issue), changes && changeList(changes), problems(issue, hidden, open), credits(issue), links(issue), sections(issue)]
    .filter(Boolean);
}

// --- counts ---

function glance(issue) {
  const { counts, mail } = issue;
  if (!mail || counts.bytes === undefined) return null;
  const shown = [["words", number(counts.words)], ["minutes", number(counts.minutes)], ["links", number(counts.links)],
    ["pictures", number(counts.pictures)], ["sections", number(issue.sections.length)], ["credits", number(issue.credits.length)]];
  const state = counts.bytes > counts.clip ? "over" : counts.bytes > counts.near ? "near" : "fine";
  const share = Math.min(counts.bytes / counts.clip, 1);
  const said = { over: `Gmail cuts it at ${kilobytes(counts.clip)}`, near: `near Gmail’s limit of ${kilobytes(counts.clip)}`,
    fine: `of the ${kilobytes(counts.clip)} Gmail shows` }[state];
  return h("section", { "data-key": "glance", "aria-label": "At a glance" },
    h("dl", { class: "glance" }, shown.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    h("div", { class: "gauge", "data-state": state },
      h("div", { class: "gauge-line", "aria-hidden": "true" }, h("span", { style: { width: `${(share * 100).toFixed(1)}%` } })),
      h("p", {}, h("b", {}, kilobytes(counts.bytes)), ` ${said}`)),
    issue.remote.length > 0 && h("p", { class: "elsewhere" }, `${plural(issue.remote.length, "picture")} elsewhere on the web, not loaded here: `,
      h("span", { dir: "ltr" }, issue.remote.join(", "))));
}

// --- problems ---

function problems(issue, hidden, open) {
  const shown = listed(issue, hidden);
  const count = (severity) => issue.findings.filter((finding) => finding.severity === severity).length;
  const kinds = RANK.filter(count);
  return h("section", { "data-key": "problems", "aria-labelledby": "problems-title" },
    h("h2", { id: "problems-title" }, "Problems", h("span", { class: "count" }, issue.checked ? issue.findings.length || "" : "checking")),
    kinds.length > 1 && h("div", { class: "kinds", role: "group", "aria-label": "Show" }, kinds.map((severity) =>
      h("button", { type: "button", "data-kind": severity, "aria-pressed": String(!hidden.has(severity)) },
        plural(count(severity), ...KINDS[severity])))),
    !issue.findings.length && issue.checked && h("p", { class: "clean" }, icon("M2.5 8.5l3.5 3.5 7.5-8"), "Nothing to mend."),
    h("ul", { class: "problems" }, shown.map((finding) => problem(finding, finding.key === open))));
}

function problem(finding, open) {
  const { key, severity, message, path, line, hint, code, name } = finding;
  return h("li", { class: `problem ${severity}${open ? " open" : ""}`, "data-key": key },
    h("button", { type: "button", "data-problem": key, "aria-expanded": String(open) },
      icon(ICONS[severity]),
      h("span", { class: "message", dir: "auto" }, h("span", { class: "visually-hidden" }, `${KINDS[severity][0]}: `), message),
      h("span", { class: "place" }, short(path, line))),
    open && h("div", { class: "detail" },
      hint && h("p", { class: "hint" }, hint),
      h("p", { class: "rule" }, `${code} ${name}`),
      h("p", { class: "acts" }, placeLink(finding, finding.editor ? "Open in the editor" : null))));
}

/** Return a place as the list tells it: the issue's own folder goes without saying. */
export const short = (path, line) => `${path.replace(/^issues\/[^/]+\//, "")}${line ? `:${line}` : ""}`;

// --- credits, links, sections ---

function credits(issue) {
  if (!issue.credits.length) return null;
  return h("section", { "data-key": "credits" }, h("h2", {}, "Credits"),
    h("ul", { class: "credits" }, issue.credits.map(({ text }) => h("li", { dir: "auto" }, text))));
}

function links(issue) {
  const own = issue.links.filter(({ path }) => path);
  if (!issue.links.length) return null;
  return h("section", { "data-key": "links" }, h("details", {},
    h("summary", {}, "Links", h("span", { class: "count" }, `${own.length} of the issue, ${issue.links.length - own.length} of the theme`)),
    h("ol", { class: "links" }, own.map((link, index) => h("li", { "data-key": `${index} ${link.url}` },
      h("button", { type: "button", class: "bare", "data-link": index, dir: "auto" }, link.text || "(no words)"), placeLink(link, short(link.path, link.line)),
      h("span", { class: "address", dir: "ltr" }, link.url))))));
}

function sections(issue) {
  if (!issue.sections.length) return null;
  return h("section", { "data-key": "sections" }, h("details", {},
    h("summary", {}, "Sections", h("span", { class: "count" }, issue.sections.length)),
    h("ol", { class: "sections" }, issue.sections.map((section) => h("li", { "data-key": section.path },
      h("span", { dir: "auto" }, section.title || section.kind), h("span", { class: "place" }, `${number(section.words)} words`),
      h("span", { class: "address" }, placeLink({ ...section, line: null }, short(section.path))))))));
}
