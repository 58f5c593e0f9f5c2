// The list of issues.

import { h, plural } from "/static/dom.js";

/** Return the entries for a list of issues, those that match what is sought. */
export function issueList(issues, current, sought) {
  const found = issues.filter((issue) => matches(issue, sought));
  if (!issues.length) return [h("li", { class: "nothing" }, "No issue yet.")];
  if (!found.length) return [h("li", { class: "nothing" }, "No issue is called that.")];
  return found.map((issue) => entry(issue, issue.slug === current));
}

function matches({ slug, title, date }, sought) {
  const said = `${slug} ${title ?? ""} ${date ?? ""}`.toLocaleLowerCase();
  return sought.toLocaleLowerCase().split(/\s+/).every((word) => said.includes(word));
}

function entry({ slug, title, date, state, problems }, current) {
  return h("li", { "data-key": slug },
    h("a", { href: `#/${encodeURIComponent(slug)}`, "data-slug": slug, "aria-current": current ? "page" : null },
      h("span", { class: "issue-title", dir: "auto" }, title ?? slug),
      h("span", { class: "issue-date" }, [date && day(date), state && state !== "draft" && state].filter(Boolean).join(" · ")),
      problems ? h("span", { class: "badge error" }, h("span", { "aria-hidden": "true" }, problems), h("span", { class: "visually-hidden" }, plural(problems, "error"))) : null));
}

export function day(date) {
  const read = new Date(`${date}T00:00`);
  return Number.isNaN(read.valueOf()) ? date : read.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}
