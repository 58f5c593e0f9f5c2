// The studio: what is looked at, and how it follows the files.

import * as address from "/static/address.js";
import { draw, list, recall, shutDrawer, toggle } from "/static/chrome.js";
import { DEVICES, kindOf } from "/static/device.js";
import { help, keyboard } from "/static/keys.js";
import { listen } from "/static/live.js";
import { marks } from "/static/marks.js";
import { keyed } from "/static/notes.js";
import { Pane } from "/static/pane.js";
import { announce, linked, say } from "/static/spoken.js";
import { tabOf } from "/static/tabs.js";

const at = (id) => document.getElementById(id);
const SECOND = { view: "dark", width: DEVICES.desktop }; // what is put beside the first view

const now = {
  listing: { publication: "", current: null, issues: [], settings_errors: [], opens: null },
  look: address.parse(location.hash), // the issue, and the view and width of each pane
  missed: null, // the issue that was looked at until its folder went; the page goes back to it
  issue: null, // what the server tells of it
  changes: null, // since the last receipt; asked for when they are looked at
  spot: null, // the place that is told: {at, url, words, theme}
  problem: null, // key of the one that is open
  hidden: new Set(), // severities that are not listed
  panes: [],
  active: 0, // the pane that was used last
};
const places = marks(now, (view) => goPane(now.active, { view }));

// --- asking ---

async function ask(path) {
  const answer = await fetch(path).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

async function askIssue() {
  const told = await ask(issueAddress());
  return told && keyed(told);
}

const issueAddress = (rest = "") => `/api/issues/${encodeURIComponent(now.look.slug)}${rest}`;

async function askList() {
  now.listing = (await ask("/api/issues")) ?? now.listing;
  const { issues, current } = now.listing;
  const wanted = now.missed ?? now.look.slug;
  const there = (slug) => issues.some((one) => one.slug === slug);
  const slug = [wanted, now.look.slug, current].find(there) ?? issues[0]?.slug ?? null;
  now.missed = slug === wanted ? null : wanted;
  if (slug !== now.look.slug) return go({ ...now.look, slug }, true);
  return draw(now);
}

const showsChanges = () => now.look.panes.some(({ view }) => view === "changes");

async function askChanges() {
  now.changes = await ask(issueAddress("/changes"));
}

// --- painting ---

const paint = (fresh) => Promise.all(now.panes.map((pane, index) => pane.show(now.look.panes[index], now, fresh)));

let asked = 0;

/** Ask for the issue as it is now, and paint it. `version` is what the server told of, if it did. */
async function refresh(version = null) {
  asked += 1;
  const [turn, slug, before] = [asked, now.look.slug, now.issue];
  if (!slug) return draw(now);
  // A mail that is shown is painted before its notes are asked for: it is what the eye waits for.
  const early = Boolean(before?.mail) && now.panes.every((pane) => pane.framed);
  if (early) {
    await paint(true);
    painted(version);
  }
  const told = await askIssue();
  if (turn !== asked || slug !== now.look.slug) return undefined;
  now.issue = told;
  announce(before, told);
  now.changes = null;
  if (showsChanges()) await askChanges();
  draw(now);
  await paint(!early);
  return early ? undefined : painted(version ?? told?.version);
}

/** Take up what the rules say; the mail stays as it is. */
async function findings() {
  const [slug, told] = [now.look.slug, await askIssue()];
  if (!told || slug !== now.look.slug) return;
  now.issue = told;
  draw(now);
}

/** Tell whoever measures that a version is on screen: two frames later it certainly is. */
function painted(version) {
  const { slug } = now.look;
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("painted", { detail: { slug, version } })));
}

// --- going ---

function go(next, replace = false) {
  const moved = next.slug !== now.look.slug;
  now.look = next;
  history[replace ? "replaceState" : "pushState"](null, "", address.format(next));
  return moved ? arrive() : follow();
}

/** Go to an issue that somebody chose. */
function choose(slug) {
  now.missed = null;
  return go({ ...now.look, slug });
}

/** Show another issue. */
function arrive() {
  Object.assign(now, { issue: null, changes: null, spot: null, problem: null });
  matchPanes();
  draw(now);
  return refresh();
}

/** Show the same issue in another way. */
async function follow() {
  matchPanes();
  if (showsChanges() && now.issue && !now.changes) await askChanges();
  draw(now);
  await paint(false);
}

function goPane(index, change) {
  now.active = index;
  const panes = now.look.panes.map((pane, other) => (other === index ? { ...pane, ...change } : pane));
  return go({ ...now.look, panes }, true);
}

function matchPanes() {
  const { panes, look } = now;
  while (panes.length > look.panes.length) panes.pop().remove();
  while (panes.length < look.panes.length) panes.push(makePane(panes.length));
  now.active = Math.min(now.active, panes.length - 1);
}

function makePane(index) {
  const pane = new Pane(index, {
    view: (view) => goPane(index, { view }),
    width: (width) => goPane(index, { width }),
    close: () => acts.split(),
    clicked: (place, url) => {
      now.active = index;
      places.clicked(place, url);
    },
    key: (event) => onkey(event),
    scrolled: () => together(index),
  });
  for (const kind of ["pointerenter", "focusin"]) pane.element.addEventListener(kind, () => (now.active = index));
  at("panes").append(pane.element);
  return pane;
}

let following = 0; // until when scrolling is an answer of the other view

/** Scroll the other view to what stands on top of this one. */
function together(index) {
  const other = now.panes[1 - index];
  if (!other?.framed || !other.frame.document || index !== now.active || performance.now() < following) return;
  following = performance.now() + 60;
  other.frame.restore(now.panes[index].frame.place() ?? { top: 0 });
}

// --- acts, by the names that keys.js gives them ---

const acts = {
  view: (view) => {
    const shown = now.look.panes[now.active].view;
    if (!tabOf(view).variants.includes(shown)) goPane(now.active, { view });
  },
  width: () => {
    const names = Object.keys(DEVICES);
    goPane(now.active, { width: DEVICES[names[(names.indexOf(kindOf(now.look.panes[now.active].width)) + 1) % names.length]] });
  },
  split: () => {
    const [first, second] = now.look.panes;
    go({ ...now.look, panes: second ? [first] : [first, { ...SECOND }] }, true);
  },
  other: () => {
    now.active = (now.active + 1) % now.panes.length;
    now.panes[now.active].element.focus();
  },
  next: () => places.step(1),
  previous: () => places.step(-1),
  down: () => places.stepPlace(1),
  up: () => places.stepPlace(-1),
  edit: () => document.querySelector(".spot .editor")?.click(),
  clear: () => {
    shutDrawer();
    places.clear();
  },
  find: () => {
    toggle("issues", true);
    at("find").focus();
  },
  older: () => neighbour(1),
  newer: () => neighbour(-1),
  issues: () => toggle("issues"),
  notes: () => toggle("notes"),
  help: () => at("help").showModal(),
};
const onkey = keyboard(acts);

function neighbour(by) {
  const { issues } = now.listing;
  const next = issues[issues.findIndex(({ slug }) => slug === now.look.slug) + by];
  if (next) choose(next.slug);
}

// --- what the server tells ---

let started = null; // when the server was

const HEARD = {
  present: (data) => {
    if (started !== null && started !== data.started) location.reload();
    started = data.started;
  },
  // Nothing is told twice: whatever happened before a server was heard again has to be asked for.
  hello: (data) => {
    const first = started === null;
    HEARD.present(data);
    return first ? undefined : askList().then(() => refresh());
  },
  issue: ({ slug, version }) => (slug === now.look.slug ? refresh(version) : undefined),
  findings: ({ slug }) => (slug === now.look.slug ? findings() : undefined),
  removed: ({ slug }) => {
    if (slug === now.look.slug) say("This issue is gone.");
    return askList();
  },
  list: () => askList(),
  settings: () => askList(),
};

function heard(kind, data) {
  linked(kind === "gone" ? "gone" : "live");
  HEARD[kind]?.(data);
}

// --- what people do ---

function hear() {
  document.addEventListener("keydown", onkey);
  at("find").addEventListener("input", () => list(now));
  at("find").addEventListener("keydown", (event) => {
    if (event.key === "Enter") at("issue-list").querySelector("a")?.click();
    if (event.key === "Escape") {
      shutDrawer();
      at("stage").focus();
    }
  });
  at("split").addEventListener("click", acts.split);
  at("show-help").addEventListener("click", acts.help);
  at("issue-list").addEventListener("click", (event) => {
    const slug = event.target.closest("[data-slug]")?.dataset.slug;
    if (!slug || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    shutDrawer();
    if (slug !== now.look.slug) choose(slug);
  });
  at("notes").addEventListener("click", (event) => inNotes(event.target));
  addEventListener("popstate", () => {
    const before = now.look.slug;
    now.look = address.parse(location.hash);
    if (now.look.slug === before) return follow();
    now.missed = null;
    return arrive();
  });
}

function inNotes(target) {
  const asked = target.closest("[data-problem], [data-kind], [data-change], [data-link]")?.dataset ?? {};
  if (asked.problem) places.open(asked.problem);
  if (asked.kind) {
    if (!now.hidden.delete(asked.kind)) now.hidden.add(asked.kind);
    draw(now);
  }
  if (asked.change) places.lookAt(now.changes.changes[asked.change].target);
  if (asked.link) {
    const link = now.issue.links.filter(({ path }) => path)[asked.link];
    places.lookAt(link.target, { url: link.url });
  }
}

recall();
help(at("help"));
hear();
listen(heard);
await askList();
if (now.look.slug && !now.issue) await arrive();
