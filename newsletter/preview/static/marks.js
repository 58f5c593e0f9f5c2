// Problems, paragraphs and links: from the notes to their place in the mail, and back.

import { draw, spots } from "/static/chrome.js";
import { listed } from "/static/notes.js";

const WORDS = 160; // characters of a paragraph told with its place

/** Return what can be done with places; `show(view)` brings a view of the mail where none is shown. */
export function marks(now, show) {
  const framed = () => now.panes.filter((pane) => pane.framed);

  /** Mark what was written at a place, in every pane, and tell its file and line. */
  function lookAt(place, { kind = "here", url = null, scroll = true, told = place, editor = null } = {}) {
    now.spot = place || url || told ? { at: told, url, words: null, editor } : null;
    for (const pane of framed()) {
      const element = pane.frame.point(place, kind, scroll || pane.index !== now.active);
      if (element && now.spot) now.spot.words = element.textContent.replace(/\s+/g, " ").trim().slice(0, WORDS);
    }
    draw(now);
  }

  function clear() {
    now.problem = null;
    lookAt(null);
  }

  /** Tell of what was clicked in a mail; a problem that stands there is opened beside it. */
  function clicked(place, url) {
    const finding = place && now.issue?.findings.find(({ target }) => target === place);
    now.problem = finding?.key ?? null;
    lookAt(place, { kind: finding?.severity, url, scroll: false });
    bring();
  }

  /** Open a problem, or shut the one that is open. */
  async function open(key) {
    const finding = now.issue?.findings.find((other) => other.key === key);
    if (!finding || now.problem === key) return clear();
    now.problem = key;
    if (finding.target && !framed().length) await show("light");
    const told = [finding.path, finding.line, finding.column].filter(Boolean).join(":");
    lookAt(finding.target, { kind: finding.severity, told, editor: finding.editor });
    return bring();
  }

  const bring = () => document.querySelector(".problem.open")?.scrollIntoView({ block: "nearest" });

  function step(by) {
    const keys = now.issue ? listed(now.issue, now.hidden).map((finding) => finding.key) : [];
    const key = keys[next(keys.indexOf(now.problem), by, keys.length, true)];
    if (key && key !== now.problem) open(key);
  }

  function stepPlace(by) {
    const pane = now.panes[now.active]?.framed ? now.panes[now.active] : framed()[0];
    const places = [...new Set(pane?.frame.places() ?? [])];
    const place = places[next(places.indexOf(now.spot?.at), by, places.length, false)];
    if (!place) return;
    now.problem = null;
    lookAt(place);
  }

  return { lookAt, clear, clicked, open, step, stepPlace, again: () => spots(now) };
}

/** Return the next position in a list: from none the first or the last, and round its ends if it is a ring. */
function next(position, by, length, ring) {
  if (position < 0) return by > 0 ? 0 : length - 1;
  return ring ? (position + by + length) % length : Math.min(Math.max(position + by, 0), length - 1);
}
