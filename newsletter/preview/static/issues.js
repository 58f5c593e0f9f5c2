// The list of issues.

import { h, plural } from "/static/dom.js";

/** Return the entries of the list, those that match the search. */
export function issueList(issues, current, search) {
  const matching = issues.filter((issue) => matches(issue, search));
  if (!issues.length) return [h("li", { class: "nothing" }, "No issues yet.")];
  if (!matching.length) return [h("li", { class: "nothing" }, "No matching issue.")];
  return matching.map((issue) => entry(issue, issue.slug === current));
}

function matches({ slug, title, date }, search) {
  const text = `${slug} ${title ?? ""} ${date ?? ""}`.toLocaleLowerCase();
  return search.toLocaleLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** The badge shows checked results only: before, it marks an issue that cannot be built. */
function badge({ checked, problems }) {
  if (!problems) return null;
  const [shown, label] = checked ? [problems, plural(problems, "error")] : ["!", "cannot be built"];
  return h("span", { class: "badge error" }, h("span", { "aria-hidden": "true" }, shown), h("span", { class: "visually-hidden" }, label));
}

function entry(issue, current) {
  const { slug, title, date, state } = issue;
  return h("li", { "data-key": slug },
    h("a", { href: `#/${encodeURIComponent(slug)}`, "data-slug": slug, "aria-current": current ? "page" : null },
      h("span", { class: "issue-title", dir: "auto" }, title ?? slug),
      h("span", { class: "issue-date" }, [date && day(date), state && state !== "draft" && state].filter(Boolean).join(" · ")),
      badge(issue)));
}

export function day(date) {
  const read = new Date(`${date}T00:00`);
  return Number.isNaN(read.valueOf()) ? date : read.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}
