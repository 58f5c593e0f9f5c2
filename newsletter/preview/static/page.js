// The page around the panes, drawn from the state. Each function may be called at any time; what is equal stays.

import { h, placeLink, plural } from "/static/dom.js";
import { day, issueList } from "/static/issues.js";
import { morphChildren } from "/static/morph.js";
import { notes, short } from "/static/notes.js";
import { tabOf } from "/static/tabs.js";

const at = (id) => document.getElementById(id);
const MOST = 4; // errors shown above the email; all are listed in the notes
export const SIDES = ["issues", "notes"];

export function draw(now) {
  head(now);
  list(now);
  missed(now);
  banner(now);
  const changes = now.look.panes.some(({ view }) => view === "changes") ? now.changes : null;
  morphChildren(at("notes"), now.issue ? notes(now.issue, notesState(now, changes)) : []);
  openNumbered(now);
  drawLocation(now);
  document.body.dataset.split = String(now.look.panes.length > 1);
  for (const side of SIDES) at(`show-${side}`).setAttribute("aria-expanded", String(isOpen(side)));
}

function notesState(now, changes) {
  const numbered = now.look.panes.some(({ view }) => view === "links");
  return { hidden: now.hidden, open: now.problem, changes, fix: now.fix, follow: now.follow, numbered };
}

let wasNumbered = false;

/** Open the list of links with the view that numbers them; afterwards it is the reader's to close. */
function openNumbered({ look }) {
  const numbered = look.panes.some(({ view }) => view === "links");
  const details = at("notes").querySelector("[data-open]");
  if (details && !wasNumbered) details.open = true;
  wasNumbered = numbered && (wasNumbered || Boolean(details));
}

function head({ listing, look, issue }) {
  const title = issue?.title ?? look.slug ?? "";
  const state = issue ? [issue.number && `No. ${issue.number}`, issue.date && day(issue.date), issue.state] : [];
  at("publication").textContent = listing.publication;
  at("title").textContent = title;
  at("state").textContent = state.filter(Boolean).join(" · ");
  at("split").setAttribute("aria-pressed", String(look.panes.length > 1));
  document.title = [title, listing.publication].filter(Boolean).join(" · ") || "Preview";
}

export function list({ listing, look }) {
  morphChildren(at("issue-list"), issueList(listing.issues, look.slug, at("find").value.trim()));
  const current = at("issue-list").querySelector("[aria-current]");
  if (current && current.dataset.slug !== scrolledTo) {
    scrolledTo = current.dataset.slug;
    current.scrollIntoView({ block: "nearest" });
  }
}

let scrolledTo = null; // the issue that the list was last scrolled to; afterwards it is the reader's to scroll

function banner({ listing, issue, look }) {
  const errors = [...listing.settings_errors, ...(issue?.errors ?? [])];
  at("banner").hidden = !errors.length;
  at("welcome").hidden = Boolean(look.slug) || Boolean(listing.issues.length);
  at("panes").hidden = !look.slug;
  if (!errors.length) return;
  const title = issue?.email ? "Errors: the email below is the last good one" : "Errors: no email yet";
  morphChildren(at("banner"), [
    h("h2", {}, title),
    h("ul", {}, errors.slice(0, MOST).map((finding) => h("li", {},
      h("span", { dir: "auto" }, finding.message), " ", h("span", { class: "place" }, placeLink(finding, short(finding.path, finding.line))),
      finding.hint && h("p", { class: "place" }, finding.hint)))),
    errors.length > MOST && h("p", { class: "place" }, `and ${plural(errors.length - MOST, "more", "more")} in the list of problems`),
  ].filter(Boolean));
}

function missed({ missed: slug, look }) {
  at("missed").hidden = !slug;
  const instead = look.slug ? ` Showing ${look.slug} instead.` : "";
  at("missed").textContent = slug ? `${slug} does not exist any more.${instead} It reappears with its folder.` : "";
}

// --- the current location ---

/** Show the current location below each pane. */
export function drawLocation(now) {
  for (const pane of now.panes) {
    const shown = now.location && pane.index === now.active;
    const { own } = tabOf(now.look.panes[pane.index].view);
    pane.location.hidden = Boolean(own) && !shown;
    morphChildren(pane.location, shown ? locationLine(now) : [h("span", {}, "Click a paragraph to see its file and line.")]);
  }
}

function locationLine({ location: { at: place, url, words, editor: known }, listing }) {
  const [, path, line, column] = /^(.*?)(?::(\d+))?(?::(\d+))?$/.exec(place ?? "");
  const editor = known ?? (place && listing.editor_address ? editorLink(listing.editor_address, path, line, column) : null);
  return [
    place ? h("code", { title: place }, short(path, line)) : h("span", {}, "Part of the theme."),
    h("span", { class: "words", dir: "auto" }, url ?? words ?? ""),
    /^https?:/.test(url ?? "") && h("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, "Open the link"),
    editor && placeLink({ path, line, column, editor }, "Open in the editor"),
  ].filter(Boolean);
}

function editorLink(template, path, line, column) {
  const values = { path: path.split("/").map(encodeURIComponent).join("/"), line: line ?? "1", column: column ?? "1" };
  return template.replace(/\{(path|line|column)\}/g, (_, name) => values[name]);
}

// --- the sides ---

const isOpen = (side) => getComputedStyle(at(side)).display !== "none";

const small = matchMedia("(max-width: 880px)"); // as in studio.css: one column

/** Show or hide a side; until somebody chooses, the style sheet decides. In one column the list is not kept open. */
export function toggle(side, open = !isOpen(side)) {
  document.body.dataset[side] = open ? "open" : "closed";
  if (side !== "issues" || !small.matches) localStorage.setItem(`newsletter-studio-${side}`, document.body.dataset[side]);
  at(`show-${side}`).setAttribute("aria-expanded", String(isOpen(side)));
}

/** Close the list in one column, where it pushes the email down. */
export function closeList() {
  if (small.matches && isOpen("issues")) toggle("issues", false);
}

/** Show and hide the sides as last time. */
export function restoreSides() {
  for (const side of SIDES) {
    const stored = localStorage.getItem(`newsletter-studio-${side}`);
    const usable = stored === "closed" || (stored === "open" && !(small.matches && side === "issues"));
    if (usable) document.body.dataset[side] = stored;
    at(`show-${side}`).addEventListener("click", () => toggle(side));
  }
  // A window made wider or narrower: the buttons say what is visible now.
  new ResizeObserver(() => {
    for (const side of SIDES) at(`show-${side}`).setAttribute("aria-expanded", String(isOpen(side)));
  }).observe(document.documentElement);
}
