// The page around the panes, drawn from what is known. Each function may be called at any time; what is the same stays.

import { h, placeLink, plural } from "/static/dom.js";
import { day, issueList } from "/static/issues.js";
import { morphChildren } from "/static/morph.js";
import { notes, short } from "/static/notes.js";
import { tabOf } from "/static/tabs.js";

const at = (id) => document.getElementById(id);
const MOST = 4; // errors told above the mail; all of them are listed beside it
export const SIDES = ["issues", "notes"];

export function draw(now) {
  head(now);
  list(now);
  missed(now);
  banner(now);
  const changes = now.look.panes.some(({ view }) => view === "changes") ? now.changes : null;
  morphChildren(at("notes"), now.issue ? notes(now.issue, { hidden: now.hidden, open: now.problem, changes }) : []);
  spots(now);
  document.body.dataset.split = String(now.look.panes.length > 1);
  for (const side of SIDES) at(`show-${side}`).setAttribute("aria-expanded", String(isOpen(side)));
}

function head({ listing, look, issue }) {
  const title = issue?.title ?? look.slug ?? "";
  const state = issue ? [issue.number && `No. ${issue.number}`, issue.date && day(issue.date), issue.state] : [];
  at("publication").textContent = listing.publication;
  at("title").textContent = title;
  at("state").textContent = state.filter(Boolean).join(" · ");
  at("split").setAttribute("aria-pressed", String(look.panes.length > 1));
  document.title = [title, listing.publication].filter(Boolean).join(" · ") || "Studio";
}

export function list({ listing, look }) {
  morphChildren(at("issue-list"), issueList(listing.issues, look.slug, at("find").value.trim()));
}

function banner({ listing, issue, look }) {
  const errors = [...listing.settings_errors, ...(issue?.errors ?? [])];
  at("banner").hidden = !errors.length;
  at("welcome").hidden = Boolean(look.slug) || Boolean(listing.issues.length);
  at("panes").hidden = !look.slug;
  if (!errors.length) return;
  const title = issue?.mail ? "The mail below is the last good one" : "This is no mail yet";
  morphChildren(at("banner"), [
    h("h2", {}, title),
    h("ul", {}, errors.slice(0, MOST).map((finding) => h("li", {},
      h("span", { dir: "auto" }, finding.message), " ", h("span", { class: "place" }, placeLink(finding, short(finding.path, finding.line))),
      finding.hint && h("p", { class: "place" }, finding.hint)))),
    errors.length > MOST && h("p", { class: "place" }, `and ${plural(errors.length - MOST, "more")} beside`),
  ].filter(Boolean));
}

function missed({ missed: slug, look }) {
  at("missed").hidden = !slug;
  const instead = look.slug ? " This is another issue." : "";
  at("missed").textContent = slug ? `There is no ${slug} now.${instead} When its folder is there again, so is the mail.` : "";
}

// --- the place that is looked at ---

/** Tell the place below each pane. */
export function spots(now) {
  for (const pane of now.panes) {
    const told = now.spot && pane.index === now.active;
    const { own } = tabOf(now.look.panes[pane.index].view);
    pane.spot.hidden = Boolean(own) && !told;
    morphChildren(pane.spot, told ? spot(now) : [h("span", {}, "Click a paragraph to see its file and line.")]);
  }
}

function spot({ spot: { at: place, url, words, editor: known }, listing }) {
  const [, path, line, column] = /^(.*?)(?::(\d+))?(?::(\d+))?$/.exec(place ?? "");
  const editor = known ?? (place && listing.opens ? editorLink(listing.opens, path, line, column) : null);
  return [
    place ? h("code", { title: place }, short(path, line)) : h("span", {}, "Written by the theme."),
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

const narrow = matchMedia("(max-width: 1150px)"); // as in studio.css: there the issues lie over the mail

/** Show or hide a side; where nobody chose, the style sheet does. What lies over the mail is not kept open. */
export function toggle(side, open = !isOpen(side)) {
  const drawer = side === "issues" && narrow.matches;
  document.body.dataset[drawer ? "drawer" : side] = open ? "open" : "shut";
  if (!drawer) localStorage.setItem(`newsletter-studio-${side}`, document.body.dataset[side]);
  at(`show-${side}`).setAttribute("aria-expanded", String(isOpen(side)));
}

/** Put the issues away where they lie over the mail. */
export function shutDrawer() {
  if (document.body.dataset.drawer === "open") toggle("issues", false);
}

/** Show and hide what was shown and hidden the last time. */
export function recall() {
  for (const side of SIDES) {
    const kept = localStorage.getItem(`newsletter-studio-${side}`);
    if (kept === "shut" || kept === "open") document.body.dataset[side] = kept;
    at(`show-${side}`).addEventListener("click", () => toggle(side));
  }
}
