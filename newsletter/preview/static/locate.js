// Problems, paragraphs and links: from the notes to their element in the email, and back.

import { draw, drawLocation } from "/static/page.js";
import { listed } from "/static/notes.js";

const WORDS = 160; // characters of a paragraph shown with its location

/** Return the actions on locations; `show(view)` opens a view if none that can show them is open. */
export function locations(now, show) {
  const framed = () => now.panes.filter((pane) => pane.framed);

  /** Mark the element of a location in every pane, and show its file and line. */
  function lookAt(place, { kind = "here", url = null, scroll = true, shown = place, editor = null } = {}) {
    now.location = place || url || shown ? { at: shown, url, words: null, editor } : null;
    let marked = false;
    for (const pane of framed()) {
      const element = pane.frame.point(place, kind, scroll || pane.index !== now.active);
      marked = marked || Boolean(element);
      if (element && now.location) now.location.words = element.textContent.replace(/\s+/g, " ").trim().slice(0, WORDS);
    }
    draw(now);
    return marked;
  }

  function clear() {
    now.problem = now.fix = null;
    lookAt(null);
  }

  /** Show the location that was clicked in an email, and open the problem there. */
  function clicked(place, url) {
    const finding = place && now.issue?.findings.find(({ target }) => target === place);
    now.problem = finding?.key ?? null;
    lookAt(place, { kind: finding?.severity, url, scroll: false });
    bring();
  }

  /** Open a problem, or close the open one. */
  async function open(key) {
    const finding = now.issue?.findings.find((other) => other.key === key);
    if (!finding || now.problem === key) return clear();
    now.problem = key;
    now.fix = null;
    if (finding.target && !framed().length && !finding.view) await show("light");
    const shown = [finding.path, finding.line, finding.column].filter(Boolean).join(":");
    const marked = lookAt(finding.target, { kind: finding.severity, shown, editor: finding.editor });
    // The subject and the preheader are in the inbox, if the email does not show them.
    if (finding.view && !marked) {
      await show(finding.view);
      markInbox(finding);
    }
    return bring();
  }

  function markInbox({ severity, line }) {
    const where = line === now.issue.preheader_line ? ".row-preheader" : ".row-subject";
    for (const row of document.querySelectorAll(where)) row.setAttribute("data-studio-mark", severity);
    document.querySelector(`${where}[data-studio-mark]`)?.scrollIntoView({ block: "nearest" });
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
    const place = places[next(places.indexOf(now.location?.at), by, places.length, false)];
    if (!place) return;
    now.problem = null;
    lookAt(place);
  }

  return { lookAt, clear, clicked, open, step, stepPlace, again: () => drawLocation(now) };
}

/** Return the next position in a list: the first or the last if there is none, and around its ends in a ring. */
function next(position, by, length, ring) {
  if (position < 0) return by > 0 ? 0 : length - 1;
  return ring ? (position + by + length) % length : Math.min(Math.max(position + by, 0), length - 1);
}
