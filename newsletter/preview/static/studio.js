// The preview page: what is shown, and how it follows the files.

import * as address from "/static/address.js";
import { announce, say, showConnection } from "/static/announce.js";
import { DEVICES, kindOf } from "/static/device.js";
import { fetchText } from "/static/fetch.js";
import { fixes } from "/static/fixes.js";
import { help, keyboard } from "/static/keys.js";
import { locations } from "/static/locate.js";
import { keyed } from "/static/notes.js";
import { LookPanel } from "/static/look.js";
import { closeList, draw, list, restoreSides, toggle } from "/static/page.js";
import { Pane } from "/static/pane.js";
import { listen } from "/static/stream.js";
import { tabOf } from "/static/tabs.js";

const at = (id) => document.getElementById(id);
const SECOND = { view: "dark", width: DEVICES.desktop }; // what opens next to the first view
const FOLLOW = "newsletter-studio-follow";

const now = {
  listing: { publication: "", current: null, issues: [], settings_errors: [], editor_address: null, token: "" },
  look: address.parse(location.hash), // the issue, and the view and width of each pane
  missed: null, // the issue shown until its folder went; the page returns to it
  issue: null, // as the server describes it
  unreachable: false, // the server did not answer
  changes: null, // since the last receipt; requested when shown
  location: null, // the current location: {at, url, words, editor}
  problem: null, // key of the open one
  fix: null, // of the open problem: {key, path, digest, diff, error}
  follow: localStorage.getItem(FOLLOW) !== "off", // scroll to the paragraph being edited
  edited: null, // the location of the latest edit, until it is on screen
  tried: null, // the query of a look that is tried; nothing of it is written
  before: null, // the panes before the look panel opened
  hidden: new Set(), // severities that are not listed
  panes: [],
  active: 0, // the pane used last
};
const places = locations(now, (view) => goPane(now.active, { view }));

// --- requests ---

async function request(path) {
  const response = await fetch(path).catch(() => null);
  now.unreachable = response === null;
  return response?.ok ? response.json() : null;
}

async function requestIssue() {
  const text = await fetchText(issueAddress());
  now.unreachable = text === undefined;
  return text ? keyed(JSON.parse(text)) : null;
}

const issueAddress = (rest = "") => `/api/issues/${encodeURIComponent(now.look.slug)}${rest}`;

async function requestList() {
  now.listing = (await request("/api/issues")) ?? now.listing;
  if (now.unreachable) return draw(now);
  const { issues, current } = now.listing;
  const requested = now.missed ?? now.look.slug;
  const exists = (slug) => issues.some((issue) => issue.slug === slug);
  const slug = [requested, now.look.slug, current].find(exists) ?? issues[0]?.slug ?? null;
  now.missed = slug === requested ? null : requested;
  if (slug !== now.look.slug) return go({ ...now.look, slug }, true);
  return draw(now);
}

const showsChanges = () => now.look.panes.some(({ view }) => view === "changes");

async function requestChanges() {
  now.changes = await request(issueAddress("/changes"));
}

// --- painting ---

const paint = (fresh) => Promise.all(now.panes.map((pane, index) => pane.show(now.look.panes[index], now, fresh)));

let requests = 0;

/** Request the issue as it is now, and paint it. `version` is the one the server announced, if it did. */
async function refresh(version = null) {
  requests += 1;
  const [turn, slug, before] = [requests, now.look.slug, now.issue];
  if (!slug) return draw(now);
  // The email on screen is painted before its notes are requested: the author is looking at it.
  const early = Boolean(before?.email) && now.panes.every((pane) => pane.framed);
  if (early) {
    await paint(true);
    painted(version);
    followEdit();
  }
  const issue = await requestIssue();
  if (turn !== requests || slug !== now.look.slug) return undefined;
  // Without an answer, what is shown stays if it is this issue; its label is still right.
  if (issue === null && now.unreachable && before) return draw(now);
  now.issue = issue;
  announce(before, issue);
  now.changes = null;
  if (showsChanges()) await requestChanges();
  draw(now);
  await paint(!early);
  if (!early) followEdit();
  return early ? undefined : painted(version ?? issue?.version);
}

/** Take over new findings; the email stays as it is. */
async function findings() {
  const [slug, issue] = [now.look.slug, await requestIssue()];
  if (!issue || slug !== now.look.slug) return;
  now.issue = issue;
  draw(now);
}

/** Mark that a version is on screen, for measurements: two frames later it certainly is. */
function painted(version) {
  const { slug } = now.look;
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("painted", { detail: { slug, version } })));
}

/** Scroll to the paragraph being edited, unless it is visible already. */
function followEdit() {
  const edited = now.edited;
  now.edited = null;
  if (!edited || !now.follow || now.problem) return; // an open problem is what the reader follows
  places.lookAt(edited);
}

// --- navigation ---

let going = Promise.resolve(); // the latest navigation

function go(next, replace = false) {
  const moved = next.slug !== now.look.slug;
  now.look = next;
  history[replace ? "replaceState" : "pushState"](null, "", address.format(next));
  return navigated(moved);
}

function navigated(moved) {
  going = moved ? arrive() : update();
  return going;
}

/** Do something once the email that was navigated to is on the page: a key pressed meanwhile is about that email. */
async function onArrival(action) {
  let latest;
  do {
    latest = going;
    await Promise.allSettled([latest]);
  } while (latest !== going);
  return action();
}

/** Go to an issue that was chosen. */
function choose(slug) {
  now.missed = null;
  return go({ ...now.look, slug });
}

/** Show another issue. */
function arrive() {
  Object.assign(now, { issue: null, changes: null, location: null, problem: null, fix: null, edited: null });
  matchPanes();
  draw(now);
  for (const pane of now.panes) pane.frame.clear(); // nothing of the last issue under this one's title
  return refresh();
}

/** Show the same issue in another way. */
async function update() {
  matchPanes();
  if (showsChanges() && now.issue && !now.changes) await requestChanges();
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
    close: () => actions.split(),
    clicked: (place, url) => {
      now.active = index;
      places.clicked(place, url);
    },
    key: (event) => onkey(event),
    scrolled: () => scrollTogether(index),
  });
  for (const kind of ["pointerenter", "focusin"]) pane.element.addEventListener(kind, () => (now.active = index));
  at("panes").append(pane.element);
  return pane;
}

let followingUntil = 0; // until when scrolling is caused by the other view

/** Scroll the other view to the first element visible in this one. */
function scrollTogether(index) {
  const other = now.panes[1 - index];
  if (!other?.framed || !other.frame.document || index !== now.active || performance.now() < followingUntil) return;
  followingUntil = performance.now() + 60;
  other.frame.restore(now.panes[index].frame.place() ?? { top: 0 });
}

// --- the look ---

const lookPanel = new LookPanel(at("look"), {
  tried: (query) => {
    if (at("look").hidden) return undefined;
    now.tried = query;
    return paint(true);
  },
  say,
  token: () => now.listing.token,
  close: () => actions.look(),
});

/** Open the panel with the email in light and dark beside each other, or close it and show what was there. */
async function toggleLook() {
  const opens = at("look").hidden;
  at("look").hidden = !opens;
  document.body.dataset.look = String(opens);
  at("show-look").setAttribute("aria-expanded", String(opens));
  if (opens) {
    toggle("notes", true);
    now.before = now.look.panes;
    const { width } = now.look.panes[0];
    await go({ ...now.look, panes: [{ view: "light", width }, { view: "dark", width }] }, true);
    return lookPanel.open();
  }
  const panes = now.before ?? now.look.panes;
  now.tried = now.before = null;
  await go({ ...now.look, panes }, true);
  at("show-look").focus();
  return paint(true);
}

// --- actions, by the names in keys.js ---

const actions = {
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
  look: () => toggleLook(),
  other: () => {
    now.active = (now.active + 1) % now.panes.length;
    now.panes[now.active].element.focus();
  },
  next: () => onArrival(() => places.step(1)),
  previous: () => onArrival(() => places.step(-1)),
  down: () => onArrival(() => places.stepPlace(1)),
  up: () => onArrival(() => places.stepPlace(-1)),
  edit: () => onArrival(() => document.querySelector(".location .editor")?.click()),
  follow: () => {
    now.follow = !now.follow;
    localStorage.setItem(FOLLOW, now.follow ? "on" : "off");
    say(now.follow ? "Following edits." : "Not following edits.");
    draw(now);
  },
  clear: () => {
    closeList();
    if (!at("look").hidden) return toggleLook();
    return onArrival(() => places.clear());
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
const onkey = keyboard(actions);

function neighbour(by) {
  const { issues } = now.listing;
  const next = issues[issues.findIndex(({ slug }) => slug === now.look.slug) + by];
  if (next) choose(next.slug);
}

// --- events of the server ---

let server = null; // {started, program} of the server as last seen

const EVENTS = {
  // Another program may have another page; a restart alone keeps the page and its scroll position.
  present: (data) => {
    if (server !== null && server.program !== data.program) location.reload();
    server = data;
  },
  // Nothing is replayed: whatever happened while the server was away has to be requested.
  hello: (data) => {
    const first = server === null;
    EVENTS.present(data);
    return first ? undefined : requestList().then(() => refresh());
  },
  issue: ({ slug, version, edited }) => {
    if (slug !== now.look.slug) return undefined;
    now.edited = edited;
    return refresh(version);
  },
  findings: ({ slug }) => (slug === now.look.slug ? findings() : undefined),
  removed: ({ slug }) => {
    if (slug === now.look.slug) say("This issue was removed.");
    return requestList();
  },
  list: () => requestList(),
  settings: () => requestList(),
};

function received(kind, data) {
  showConnection(kind === "offline" ? "offline" : "live");
  EVENTS[kind]?.(data);
}

// --- events of the reader ---

function bind() {
  document.addEventListener("keydown", onkey);
  at("find").addEventListener("input", () => list(now));
  at("find").addEventListener("keydown", (event) => {
    if (event.key === "Enter") at("issue-list").querySelector("a")?.click();
    if (event.key === "Enter" || event.key === "Escape") {
      closeList();
      at("stage").focus();
    }
  });
  at("split").addEventListener("click", actions.split);
  at("show-look").addEventListener("click", actions.look);
  at("show-help").addEventListener("click", actions.help);
  at("issue-list").addEventListener("click", (event) => {
    const slug = event.target.closest("[data-slug]")?.dataset.slug;
    if (!slug || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    closeList();
    if (slug !== now.look.slug) choose(slug);
  });
  at("notes").addEventListener("click", (event) => inNotes(event.target));
  addEventListener("popstate", () => {
    const before = now.look.slug;
    now.look = address.parse(location.hash);
    const moved = now.look.slug !== before;
    if (moved) now.missed = null;
    return navigated(moved);
  });
}

const NOTES = {
  problem: (key) => places.open(key),
  kind: (severity) => {
    if (!now.hidden.delete(severity)) now.hidden.add(severity);
    draw(now);
  },
  change: (index) => places.lookAt(now.changes.changes[index].target),
  link: (number) => {
    const link = now.issue.links.find((other) => String(other.number) === number);
    places.lookAt(link.target, { url: link.url });
  },
  follow: () => actions.follow(),
  ...fixes(now, request, issueAddress),
};

function inNotes(target) {
  const names = "[data-problem], [data-kind], [data-change], [data-link], [data-follow], [data-show-fix], [data-apply-fix]";
  const data = target.closest(names)?.dataset ?? {};
  for (const [name, value] of Object.entries(data)) NOTES[name]?.(value);
}

restoreSides();
help(at("help"));
bind();
listen(received);
await requestList();
if (now.look.slug && !now.issue) await navigated(true);
