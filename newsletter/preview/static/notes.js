// The notes next to the email: counts, problems, changes, credits, links.

import { changeList } from "/static/changes.js";
import { h, icon, kilobytes, number, placeLink, plural } from "/static/dom.js";
import { day } from "/static/issues.js";

export const KINDS = { error: ["error", "errors"], warning: ["warning", "warnings"], info: ["note", "notes"] };
const ICONS = {
  error: "M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13M8 4.75v4M8 11.2v.05",
  warning: "M8 2l6.5 11.5h-13zM8 6.5v3.25M8 11.7v.05",
  info: "M2.5 2.5h11v11h-11zM8 7.25v3.75M8 4.9v.05",
};
const RANK = Object.keys(KINDS);

/** Return an issue whose findings have keys, which stay the same after a save that moves their lines. */
export function keyed(issue) {
  const seen = new Map();
  const key = ({ code, path, message }) => {
    const text = [code, path, message].join(" ");
    seen.set(text, (seen.get(text) ?? 0) + 1);
    return `${text} ${seen.get(text)}`;
  };
  return { ...issue, findings: issue.findings.map((finding) => ({ ...finding, key: key(finding) })) };
}

/** Return findings as listed: the worst first, then by location. */
export function listed(issue, hidden = new Set()) {
  const rank = (finding) => RANK.indexOf(finding.severity);
  return issue.findings.filter((finding) => !hidden.has(finding.severity)).sort((first, second) => rank(first) - rank(second));
}

/** Return everything in the panel. `open` is the key of the open problem, `fix` its diff if it was requested. */
export function notes(issue, { hidden, open, changes, fix, follow, numbered }) {
  return [overview(issue, follow), changes && changeList(changes), numbered && links(issue, numbered),
    problems(issue, hidden, open, fix), credits(issue), !numbered && links(issue, numbered), sections(issue)]
    .filter(Boolean);
}

// --- counts ---

function overview(issue, follow) {
  const { counts, email } = issue;
  if (!email || counts.bytes === undefined) return null;
  const shown = [["word", counts.words], ["minute", counts.minutes], ["link", counts.links], ["image", counts.images],
    ["section", issue.sections.length], ["credit", issue.credits.length]];
  const state = counts.bytes > counts.clip ? "over" : counts.bytes > counts.near ? "near" : "fine";
  const share = Math.min(counts.bytes / counts.clip, 1);
  const summary = { over: `Gmail clips it at ${kilobytes(counts.clip)}`, near: `near Gmail’s limit of ${kilobytes(counts.clip)}`,
    fine: `of the ${kilobytes(counts.clip)} Gmail shows` }[state];
  return h("section", { "data-key": "overview", "aria-label": "At a glance" },
    h("dl", { class: "overview" }, shown.map(([noun, count]) =>
      h("div", {}, h("dt", {}, count === 1 ? noun : `${noun}s`), h("dd", {}, number(count))))),
    h("div", { class: "gauge", "data-state": state },
      h("div", { class: "gauge-line", "aria-hidden": "true" }, h("span", { style: { width: `${(share * 100).toFixed(1)}%` } })),
      h("p", {}, h("b", {}, kilobytes(counts.bytes)), ` ${summary}`)),
    issue.remote.length > 0 && h("p", { class: "elsewhere" }, `${plural(issue.remote.length, "image")} elsewhere on the web, not loaded here: `,
      h("span", { dir: "ltr" }, issue.remote.join(", "))),
    h("p", { class: "downloads" },
      h("a", { href: `/download/${encodeURIComponent(issue.slug)}.eml`, download: `${issue.slug}.eml` }, "Download .eml"),
      h("a", { href: `/download/${encodeURIComponent(issue.slug)}.html`, download: `${issue.slug}.html` }, "Download HTML")),
    h("p", { class: "follow" }, h("button", { type: "button", "data-follow": true, "aria-pressed": String(follow) }, "Follow edits")));
}

// --- problems ---

function problems(issue, hidden, open, fix) {
  const shown = listed(issue, hidden);
  const count = (severity) => issue.findings.filter((finding) => finding.severity === severity).length;
  const kinds = RANK.filter(count);
  return h("section", { "data-key": "problems", "aria-labelledby": "problems-title" },
    h("h2", { id: "problems-title" }, "Problems", h("span", { class: "count" }, issue.checked ? issue.findings.length || "" : "checking")),
    kinds.length > 1 && h("div", { class: "kinds", role: "group", "aria-label": "Show" }, kinds.map((severity) =>
      h("button", { type: "button", "data-kind": severity, "aria-pressed": String(!hidden.has(severity)) },
        plural(count(severity), ...KINDS[severity])))),
    !issue.findings.length && issue.checked && h("p", { class: "clean" }, icon("M2.5 8.5l3.5 3.5 7.5-8"), "No problems."),
    h("ul", { class: "problems" }, shown.map((finding) => problem(finding, finding.key === open, fix))));
}

function problem(finding, open, fix) {
  const { key, severity, message, path, line, hint, code, name } = finding;
  return h("li", { class: `problem ${severity}${open ? " open" : ""}`, "data-key": key },
    h("button", { type: "button", "data-problem": key, "aria-expanded": String(open) },
      icon(ICONS[severity]),
      h("span", { class: "message", dir: "auto" }, h("span", { class: "visually-hidden" }, `${KINDS[severity][0]}: `), message),
      h("span", { class: "place" }, short(path, line))),
    open && h("div", { class: "detail" },
      hint && h("p", { class: "hint" }, hint),
      h("p", { class: "rule" }, `${code} ${name}`),
      h("p", { class: "actions" }, placeLink(finding, finding.editor ? "Open in the editor" : null),
        finding.fix && !fix && h("button", { type: "button", "data-show-fix": finding.fix }, "Show fix")),
      fix && fix.key === finding.fix && fixPanel(fix)));
}

/** Show the change that `newsletter check --fix` would make, and a button that makes it. */
function fixPanel({ diff, error, key }) {
  if (error) return h("div", { class: "fix" }, h("p", { role: "alert" }, error));
  return h("div", { class: "fix" }, h("pre", { tabindex: "0", "aria-label": "Change" }, h("code", { dir: "auto" }, diffLines(diff))),
    h("p", {}, h("button", { type: "button", "data-apply-fix": key }, "Apply fix")));
}

const NEAR = 40; // characters shown around a change within a long line

/** Return the lines of a diff; of two that replace each other, what differs is marked and the rest is shortened. */
function diffLines(diff) {
  return diff.map(([mark, text], index) => {
    const other = { "-": diff[index + 1]?.[0] === "+" && diff[index - 1]?.[0] !== "-" && diff[index + 2]?.[0] !== "+" && diff[index + 1],
      "+": diff[index - 1]?.[0] === "-" && diff[index - 2]?.[0] !== "-" && diff[index + 1]?.[0] !== "+" && diff[index - 1] }[mark];
    const label = h("span", { class: "visually-hidden" }, { "-": "removed: ", "+": "added: " }[mark] ?? "");
    return h({ "-": "del", "+": "ins" }[mark] ?? "span", {}, label, other ? changedPart(text, other[1]) : text, "\n");
  });
}

function changedPart(text, other) {
  const [characters, others] = [[...text], [...other]];
  const least = Math.min(characters.length, others.length);
  let [start, end] = [0, 0];
  while (start < least && characters[start] === others[start]) start += 1;
  while (end < least - start && characters[characters.length - 1 - end] === others[others.length - 1 - end]) end += 1;
  const changed = characters.slice(start, characters.length - end).join("");
  const [before, after] = [characters.slice(0, start), characters.slice(characters.length - end)];
  return [before.length > NEAR ? `…${before.slice(-NEAR).join("")}` : before.join(""), changed && h("mark", {}, changed),
    after.length > NEAR ? `${after.slice(0, NEAR).join("")}…` : after.join("")];
}

/** Return a location without the issue's own folder. */
export const short = (path, line) => `${path.replace(/^issues\/[^/]+\//, "")}${line ? `:${line}` : ""}`;

// --- credits, links, sections ---

function credits(issue) {
  if (!issue.credits.length) return null;
  return h("section", { "data-key": "credits" }, h("h2", {}, "Credits"),
    h("ul", { class: "credits" }, issue.credits.map(({ text }) => h("li", { dir: "auto" }, text))));
}

function links(issue, numbered) {
  const own = issue.links.filter(({ path }) => path);
  if (!issue.links.length) return null;
  const shown = numbered ? issue.links : own;
  return h("section", { "data-key": "links" }, h("details", { "data-open": numbered ? true : null },
    h("summary", {}, "Links", h("span", { class: "count" }, `${own.length} of the issue, ${issue.links.length - own.length} of the theme`)),
    !issue.links.some(({ verdict }) => verdict) && h("p", { class: "soft" }, "Not checked yet: run newsletter links."),
    h("ol", { class: "links" }, shown.map(linkEntry))));
}

function linkEntry({ number: index, url, text, path, line, editor, verdict, reason, checked_at: checked }) {
  const known = verdict && [verdict, verdict === "ok" ? null : reason, checked && `checked ${day(checked.slice(0, 10))}`].filter(Boolean).join(", ");
  return h("li", { "data-key": `${index} ${url}` },
    h("span", { class: "number" }, String(index)),
    h("button", { type: "button", class: "bare", "data-link": index, dir: "auto" }, text || "(no text)"),
    path ? placeLink({ path, line, editor }, short(path, line)) : h("span", { class: "place" }, "theme"),
    h("span", { class: "address", dir: "ltr" }, url),
    known && h("span", { class: "verdict", "data-verdict": verdict }, known));
}

function sections(issue) {
  if (!issue.sections.length) return null;
  return h("section", { "data-key": "sections" }, h("details", {},
    h("summary", {}, "Sections", h("span", { class: "count" }, issue.sections.length)),
    h("ol", { class: "sections" }, issue.sections.map((section) => h("li", { "data-key": section.path },
      h("span", { dir: "auto" }, section.title || section.kind), h("span", { class: "place" }, `${number(section.words)} words`),
      h("span", { class: "address" }, placeLink({ ...section, line: null }, short(section.path))))))));
}
