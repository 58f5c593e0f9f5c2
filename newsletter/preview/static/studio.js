// The studio: what is looked at, and how it follows the files.

import * as address from "/static/address.js";
import { DEVICES, kindOf } from "/static/device.js";
import { h, placeLink, plural } from "/static/dom.js";
import { issueList, day } from "/static/issues.js";
import { help, keyboard } from "/static/keys.js";
import { listen } from "/static/live.js";
import { morphChildren } from "/static/morph.js";
import { keyOf, listed, notes, short } from "/static/notes.js";
import { Pane } from "/static/pane.js";
import { tabOf } from "/static/tabs.js";

const at = (id) => document.getElementById(id);
const stage = { banner: h("div", { class: "broken", hidden: true }), panes: h("div", { class: "panes" }) };
const SECOND = { view: "dark", width: DEVICES.desktop };

let listing = { publication: "", current: null, issues: [], settings_errors: [], editor: null };
let look = address.parse(location.hash);
let issue = null; // what the server tells of it
let changes = null; // since the last receipt; asked for when they are looked at
let server = null; // when it was started
let spot = null; // {at, url, words}
let problem = null; // key of the one that is looked at
let active = 0; // the pane that was used last
const hidden = new Set(); // severities that are not listed
const panes = [];

// --- asking ---

async function ask(path) {
  const answer = await fetch(path).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

async function list() {
  listing = (await ask("/api/issues")) ?? listing;
  if (!look.slug || !listing.issues.some(({ slug }) => slug === look.slug)) {
    const first = listing.current ?? listing.issues[0]?.slug ?? null;
    if (look.slug && !issue) say(`There is no issue ${look.slug}.`);
    if (first !== look.slug) return go({ ...look, slug: first }, true);
  }
  drawList();
  return undefined;
}

let asked = 0;

/** Ask for the issue, and paint it. `version` is what the server told of, if it did. */
async function refresh(version = null) {
  asked += 1;
  const [turn, slug] = [asked, look.slug];
  if (!slug) return draw();
  // A mail that is shown is painted anew before its notes are known: that is what the eye waits for.
  const painted = issue?.slug === slug && issue.mail ? paint(true) : null;
  const told = await ask(`/api/issues/${encodeURIComponent(slug)}`);
  await painted;
  if (turn !== asked || slug !== look.slug) return undefined;
  if (painted && panes.every((pane) => pane.framed)) mark(version ?? told?.version);
  const before = issue?.slug === slug ? issue : null;
  issue = told;
  announce(before, issue);
  if (showsChanges()) await askChanges();
  draw();
  const early = painted && before?.mail && panes.every((pane) => pane.framed);
  if (!early) {
    await paint(!before?.mail);
    mark(version ?? issue?.version);
  }
  return undefined;
}

async function findings() {
  const told = await ask(`/api/issues/${encodeURIComponent(look.slug)}`);
  if (told?.slug !== look.slug) return;
  issue = told;
  draw();
  await paint(false);
}

const showsChanges = () => look.panes.some(({ view }) => view === "changes");

async function askChanges() {
  changes = await ask(`/api/issues/${encodeURIComponent(look.slug)}/changes`);
}

/** Say to whoever measures that a version is on screen. */
function mark(version) {
  const slug = look.slug;
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("painted", { detail: { slug, version } })));
}

// --- going ---

function go(next, replace = false) {
  const moved = next.slug !== look.slug;
  look = next;
  history[replace ? "replaceState" : "pushState"](null, "", address.format(look));
  if (moved) return arrive();
  return follow();
}

function arrive() {
  [issue, changes, spot, problem] = [null, null, null, null];
  drawList();
  draw();
  return refresh();
}

async function follow() {
  if (showsChanges() && issue && !changes) await askChanges();
  draw();
  await paint(false);
}

const goPane = (index, change) => {
  active = index;
  return go({ ...look, panes: look.panes.map((pane, other) => (other === index ? { ...pane, ...change } : pane)) }, true);
};

// --- drawing ---

function draw() {
  const { slug } = look;
  at("publication").textContent = listing.publication;
  at("title").textContent = issue?.title ?? slug ?? "";
  at("state").textContent = issue ? [issue.number && `No. ${issue.number}`, issue.date && day(issue.date), issue.state].filter(Boolean).join(" · ") : "";
  document.title = [issue?.title ?? slug, listing.publication, "Studio"].filter(Boolean).join(" · ");
  at("split").setAttribute("aria-pressed", String(look.panes.length > 1));
  drawBanner();
  drawPanes();
  morphChildren(at("notes"), issue ? notes(issue, { hidden, open: problem, changes: showsChanges() ? changes : null }) : []);
  drawSpots();
}

function drawList() {
  at("publication").textContent = listing.publication;
  morphChildren(at("issue-list"), issueList(listing.issues, look.slug, at("find").value.trim()));
}

const MANY = 4;

function drawBanner() {
  const errors = [...listing.settings_errors, ...(issue?.errors ?? [])];
  stage.banner.hidden = !errors.length;
  if (!errors.length) return;
  const title = issue?.stale || (issue?.mail && listing.settings_errors.length)
    ? "The mail below is the last good one" : "This cannot be a mail yet";
  morphChildren(stage.banner, [
    h("h2", {}, title),
    h("ul", {}, errors.slice(0, MANY).map((finding) => h("li", {}, h("span", { dir: "auto" }, finding.message), " ",
      h("span", { class: "place" }, placeLink(finding)), finding.hint && h("span", { class: "hint" }, finding.hint)))),
    errors.length > MANY && h("p", { class: "place" }, `and ${plural(errors.length - MANY, "more")}, listed beside`),
  ].filter(Boolean));
}

function drawPanes() {
  while (panes.length > look.panes.length) panes.pop().remove();
  while (panes.length < look.panes.length) panes.push(makePane(panes.length));
  active = Math.min(active, panes.length - 1);
  const none = !listing.issues.length && !look.slug;
  at("stage").dataset.empty = String(none);
}

function makePane(index) {
  const pane = new Pane(index, {
    view: (view) => goPane(index, { view }),
    width: (width) => goPane(index, { width }),
    close: () => acts.split(),
    clicked: (place, url) => clicked(index, place, url),
    key: (event) => onkey(event),
    scrolled: () => together(index),
  });
  pane.element.addEventListener("pointerdown", () => (active = index));
  pane.element.addEventListener("focusin", () => (active = index));
  stage.panes.append(pane.element);
  return pane;
}

const paint = (fresh) => Promise.all(panes.map((pane, index) => pane.show(look.panes[index], issue, fresh)));

function drawSpots() {
  for (const pane of panes) morphChildren(pane.spot, pane.index === active || !spot ? spotWords(pane) : []);
}

function spotWords(pane) {
  if (!spot) return [h("span", {}, pane.framed ? "Click a paragraph to see its file and line." : "")];
  const [, path, line, column] = /^(.*?)(?::(\d+))?(?::(\d+))?$/.exec(spot.at ?? "");
  const place = { path, line: line && Number(line), column: column && Number(column), editor: spot.at ? editorLink(path, line, column) : null };
  return [
    spot.at ? h("code", { title: spot.at }, short(path, line)) : h("span", {}, "Written by the theme."),
    h("span", { class: "words", dir: "auto" }, spot.url ?? spot.words ?? ""),
    spot.url?.startsWith("http") && h("a", { href: spot.url, target: "_blank", rel: "noreferrer noopener" }, "Open the link"),
    place.editor && placeLink(place, "Open in the editor"),
  ].filter(Boolean);
}

function editorLink(path, line, column) {
  const values = { path: path.split("/").map(encodeURIComponent).join("/"), line: line ?? "1", column: column ?? "1" };
  return listing.editor ? listing.editor.replace(/\{(path|line|column)\}/g, (_, name) => values[name]) : null;
}

// --- places ---

function clicked(index, place, url) {
  active = index;
  const here = issue?.findings.find(({ target }) => target === place && place);
  problem = here ? keyOf(here) : null;
  lookAt(place, here?.severity ?? "here", url, false);
  if (here) bringProblem();
}

function lookAt(place, kind, url = null, scroll = true) {
  spot = place || url ? { at: place, url, words: null } : null;
  panes.forEach((pane, index) => {
    if (!pane.framed) return;
    const element = pane.frame.point(place, kind, scroll || index !== active);
    if (element && spot) spot.words = element.textContent.replace(/\s+/g, " ").trim().slice(0, 160);
  });
  draw();
}

/** Open a problem: mark its place in the mail and tell its file and line. */
function openProblem(key) {
  const finding = issue?.findings.find((other) => keyOf(other) === key);
  problem = finding && problem !== key ? key : null;
  if (!problem) return lookAt(null);
  const show = async () => {
    if (finding.target && !panes.some((pane) => pane.framed)) await goPane(active, { view: "light" });
    lookAt(finding.target, finding.severity);
    spot = { at: [finding.path, finding.line, finding.column].filter(Boolean).join(":"), url: null, words: spot?.words ?? null };
    drawSpots();
    bringProblem();
  };
  return show();
}

const bringProblem = () => at("notes").querySelector(".problem.open")?.scrollIntoView({ block: "nearest" });

let following = 0;

/** Scroll the other view to what stands on top of this one. */
function together(index) {
  if (panes.length < 2 || performance.now() < following || index !== active) return;
  const place = panes[index].frame.place();
  following = performance.now() + 60;
  const other = panes[1 - index];
  if (other.framed && other.frame.document) other.frame.restore(place ?? { top: 0 });
}

// --- acts ---

function step(by) {
  if (!issue) return;
  const keys = listed(issue, hidden).map(keyOf);
  const now = keys.indexOf(problem);
  const next = keys[now < 0 ? (by > 0 ? 0 : keys.length - 1) : (now + by + keys.length) % keys.length];
  if (next) openProblem(next);
}

function stepPlace(by) {
  const pane = panes[active]?.framed ? panes[active] : panes.find((other) => other.framed);
  const places = [...new Set(pane?.frame.places() ?? [])];
  const now = places.indexOf(spot?.at);
  const next = places[now < 0 ? (by > 0 ? 0 : places.length - 1) : Math.min(Math.max(now + by, 0), places.length - 1)];
  problem = null;
  if (next) lookAt(next, "here");
}

function neighbour(by) {
  const now = listing.issues.findIndex(({ slug }) => slug === look.slug);
  const next = listing.issues[now + by];
  if (next) go({ ...look, slug: next.slug });
}

function toggle(name) {
  const shut = document.body.dataset[name] === "shut";
  document.body.dataset[name] = shut ? "open" : "shut";
  at(`show-${name}`).setAttribute("aria-expanded", String(shut));
  localStorage.setItem(`newsletter-studio-${name}`, shut ? "open" : "shut");
}

const acts = {
  view: (view) => goPane(active, { view: tabOf(look.panes[active].view).variants.includes(view) ? look.panes[active].view : view }),
  width: () => {
    const names = Object.keys(DEVICES);
    goPane(active, { width: DEVICES[names[(names.indexOf(kindOf(look.panes[active].width)) + 1) % names.length]] });
  },
  split: () => go({ ...look, panes: look.panes.length > 1 ? [look.panes[0]] : [look.panes[0], { ...SECOND }] }, true),
  other: () => {
    active = (active + 1) % panes.length;
    panes[active].element.querySelector('[aria-selected="true"]').focus();
  },
  next: () => step(1),
  previous: () => step(-1),
  down: () => stepPlace(1),
  up: () => stepPlace(-1),
  edit: () => document.querySelector(".spot .editor")?.click(),
  clear: () => {
    problem = null;
    lookAt(null);
  },
  find: () => {
    if (document.body.dataset.issues === "shut") toggle("issues");
    at("find").focus();
  },
  older: () => neighbour(1),
  newer: () => neighbour(-1),
  issues: () => toggle("issues"),
  notes: () => toggle("notes"),
  help: () => at("help").showModal(),
};
const onkey = keyboard(acts);

// --- what is said aloud, and only that ---

function say(words) {
  at("spoken").textContent = words;
}

function announce(before, now) {
  if (!before || !now) return;
  if (now.errors.length && !before.errors.length) say(`The mail cannot be made: ${now.errors[0].message}`);
  if (!now.errors.length && before.errors.length) say("Mended: the mail is made again.");
}

function linked(state, words) {
  const now = at("link");
  if (now.dataset.link === state) return;
  if (state === "gone") say("The studio does not answer. The page waits for it.");
  if (now.dataset.link === "gone" && state === "live") say("The studio answers again.");
  now.dataset.link = state;
  now.textContent = words;
}

// --- the server's events ---

function heard(kind, data) {
  if (kind === "gone") return linked("gone", "Studio stopped: waiting for it");
  linked("live", "Live");
  if (kind === "hello") {
    if (server !== null && server !== data.started) return location.reload();
    const again = server !== null;
    server = data.started;
    return again ? list().then(() => refresh()) : undefined;
  }
  if (kind === "issue" && data.slug === look.slug) return refresh(data.version);
  if (kind === "findings" && data.slug === look.slug) return findings();
  if (kind === "removed" && data.slug === look.slug) say("This issue is gone.");
  return kind === "list" || kind === "settings" || kind === "removed" ? list().then(() => draw()) : undefined;
}

// --- start ---

function hear() {
  document.addEventListener("keydown", onkey);
  at("find").addEventListener("input", drawList);
  at("find").addEventListener("keydown", (event) => {
    if (event.key === "Enter") at("issue-list").querySelector("a")?.click();
    if (event.key === "Escape") at("stage").focus();
  });
  at("split").addEventListener("click", acts.split);
  at("show-help").addEventListener("click", acts.help);
  for (const name of ["issues", "notes"]) {
    at(`show-${name}`).addEventListener("click", () => toggle(name));
    if (localStorage.getItem(`newsletter-studio-${name}`) === "shut") toggle(name);
  }
  at("issue-list").addEventListener("click", (event) => {
    const slug = event.target.closest("[data-slug]")?.dataset.slug;
    if (!slug || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (slug !== look.slug) go({ ...look, slug });
  });
  at("notes").addEventListener("click", (event) => inNotes(event.target));
  addEventListener("popstate", () => {
    const before = look.slug;
    look = address.parse(location.hash);
    return look.slug === before ? follow() : arrive();
  });
}

function inNotes(target) {
  const { problem: key, kind, change, link } = target.closest("[data-problem], [data-kind], [data-change], [data-link]")?.dataset ?? {};
  if (key) openProblem(key);
  if (kind) {
    if (!hidden.delete(kind)) hidden.add(kind);
    draw();
  }
  if (change) lookAt(changes.changes[change].target, "here");
  if (link) {
    const own = issue.links.filter(({ path }) => path)[link];
    lookAt(own.target, "here", own.url);
  }
}

at("stage").append(stage.banner, stage.panes);
help(at("help"));
hear();
listen(heard);
await list();
if (look.slug && !issue) await arrive();
draw();
