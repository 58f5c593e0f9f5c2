// A pane: one way to look at the issue, at one width.

import { DEVICES, Device, kindOf, within } from "/static/device.js";
import { h, kilobytes, number } from "/static/dom.js";
import { EmailFrame } from "/static/frame.js";
import { inbox } from "/static/inbox.js";
import { morphChildren } from "/static/morph.js";
import { readerList } from "/static/reader.js";
import { source } from "/static/source.js";
import { TABS, VARIANTS, keyOf, nameOf, tabOf } from "/static/tabs.js";

const OWN = {
  text: (issue) => plain(issue),
  inbox: (issue) => inbox(issue),
  source: (issue) => (issue.source ? source(issue.source) : null),
  reading: (issue) => readerList(issue.screen_reader, issue.direction),
};

const [MARGIN, COLUMN] = [66, 640]; // pixels around a device, and of a view without one

export class Pane {
  /** `handlers` are `view(name)`, `width(pixels)`, `close()`, `clicked(at, url)`, `key(event)` and `scrolled()`. */
  constructor(index, handlers) {
    this.index = index;
    this.handlers = handlers;
    this.state = null;
    this.device = new Device((width) => handlers.width(width));
    this.device.scaled = (scale) => this.scaled(scale);
    this.frame = new EmailFrame(this.device.screen, {
      clicked: (element, link) => handlers.clicked(element?.dataset.at ?? null, link?.getAttribute("href") ?? null),
      key: (event) => handlers.key(event),
      scrolled: () => handlers.scrolled(),
    });
    this.build();
  }

  build() {
    const name = this.index ? "Second view" : "First view";
    this.tabs = TABS.map((tab, position) => h("button", {
      type: "button", role: "tab", id: `tab-${this.index}-${position}`, "data-view": tab.variants[0], "data-label": tab.label,
      "aria-controls": `panel-${this.index}`, class: tab.apart ? "apart" : null, title: `${tab.title ?? tab.label} (${keyOf(tab)})`,
    }, tab.label));
    this.list = h("div", { role: "tablist", "aria-label": `${name}: views` }, this.tabs);
    this.pick = h("select", { class: "pick", "aria-label": `${name}: choose a view` },
      TABS.flatMap((tab) => tab.variants.map((view) => h("option", { value: view }, nameOf(view)))));
    this.closeButton = h("button", { type: "button", class: "quiet far", "aria-label": "Close this view" }, "×");
    this.widths = h("div", { class: "widths", role: "group", "aria-label": "Width" }, Object.keys(DEVICES).map((device) =>
      h("button", { type: "button", "data-width": DEVICES[device], title: `${DEVICES[device]} pixels` }, device[0].toUpperCase() + device.slice(1))));
    this.exact = h("input", { type: "number", min: 240, max: 1600, step: 1, "aria-label": "Width in pixels" });
    this.variants = h("div", { class: "widths variants", role: "group", "aria-label": "Variant" });
    this.kind = h("span", { class: "kind" });
    this.zoom = h("span", { class: "far zoom" });
    this.second = h("div", { class: "bar-2" }, this.widths, this.exact, h("span", { class: "unit", "aria-hidden": "true" }, "px"), this.variants, this.kind, this.zoom);
    this.doc = h("div", { class: "doc", tabindex: "0" });
    this.none = h("div", { class: "empty" });
    this.panel = h("div", { class: "panel", id: `panel-${this.index}`, role: "tabpanel" }, this.second, this.device.floor, this.doc, this.none);
    this.location = h("div", { class: "location" });
    this.element = h("section", { class: "pane", tabindex: "-1", "aria-label": name },
      h("div", { class: "bar-1" }, this.list, this.pick, this.index ? this.closeButton : null), this.panel, this.location);
    this.hear();
  }

  hear() {
    this.list.addEventListener("click", (event) => this.chosen(event.target.closest("[data-view]")));
    this.list.addEventListener("keydown", (event) => this.arrowed(event));
    this.pick.addEventListener("change", () => this.handlers.view(this.pick.value));
    this.closeButton.addEventListener("click", () => this.handlers.close());
    this.widths.addEventListener("click", (event) => {
      const width = event.target.closest("[data-width]")?.dataset.width;
      if (width) this.handlers.width(Number(width));
    });
    this.exact.addEventListener("change", () => this.handlers.width(within(Number(this.exact.value) || this.state.width)));
    this.variants.addEventListener("click", (event) => this.chosen(event.target.closest("[data-view]")));
    this.doc.addEventListener("click", (event) => {
      const at = event.target.closest("[data-at]")?.dataset.at;
      if (at && !event.target.closest("a")) this.handlers.clicked(at, null);
    });
  }

  chosen(button) {
    if (button) this.handlers.view(button.dataset.view);
  }

  arrowed(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const now = this.tabs.indexOf(event.target);
    if (now < 0 || !(step || event.key === "Home" || event.key === "End")) return;
    event.preventDefault();
    const next = step ? (now + step + this.tabs.length) % this.tabs.length : event.key === "Home" ? 0 : this.tabs.length - 1;
    this.tabs[next].focus();
    this.chosen(this.tabs[next]);
  }

  get framed() {
    return !OWN[this.state?.view];
  }

  /** Show an issue in a view; resolves once it is on the page. Without `fresh`, an email already shown is not updated. */
  async show(state, { issue, changes, unreachable, tried }, fresh) {
    this.state = state;
    const width = shownWidth(state);
    const view = issue?.views.find(({ name }) => name === state.view);
    this.chrome({ ...state, width }, view, issue);
    const uncompared = state.view === "changes" && !changes?.available;
    const possible = Boolean(issue?.email && (!this.framed || view) && !uncompared);
    // Side by side, each gets the width its device needs, so that both have one scale.
    this.element.style.setProperty("--share", this.framed ? width + MARGIN : COLUMN);
    this.device.floor.hidden = this.second.hidden = !possible || !this.framed;
    this.doc.hidden = !possible || this.framed;
    this.none.hidden = possible;
    if (!possible) return this.nothing(issue, uncompared ? changes : null, unreachable);
    if (!this.framed) return this.write(issue);
    this.device.set(width, Boolean(view.dark));
    this.address(issue, view);
    const address = `/email/${encodeURIComponent(issue.slug)}/${encodeURIComponent(state.view)}`;
    if (fresh || this.frame.shown?.address !== address) {
      const same = this.frame.shown?.address === address;
      const done = await this.frame.show(address, tried ?? "", `${nameOf(state.view)}: ${issue.title ?? issue.slug}`, view.dark);
      // Never another view or issue under this one's name: say so instead.
      if (done === false && !same && this.state === state) this.failed();
    }
  }

  chrome({ view, width }, known, issue) {
    const tab = tabOf(view);
    this.tabs.forEach((button, position) => {
      const chosen = TABS[position] === tab;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      if (chosen) this.panel.setAttribute("aria-labelledby", button.id);
    });
    this.pick.value = view;
    for (const button of this.widths.children) button.disabled = Number(button.dataset.width) < narrowest(view);
    for (const button of this.widths.children) button.setAttribute("aria-pressed", String(kindOf(width) === kindOf(Number(button.dataset.width))));
    if (document.activeElement !== this.exact || this.exact.value === "") this.exact.value = width;
    this.kind.textContent = tab.note ?? "";
    const offered = tab.variants.filter((name) => issue?.views.some((other) => other.name === name));
    this.variants.hidden = offered.length < 2;
    morphChildren(this.variants, offered.length < 2 ? [] : offered.map((name) =>
      h("button", { type: "button", "data-view": name, "aria-pressed": String(name === view) }, VARIANTS[name])));
  }

  /** Show what mail clients show above an email, or the address of a page. */
  address(issue, { medium }) {
    const sender = issue.inbox[0]?.sender;
    this.device.envelope.dir = medium === "web" ? "ltr" : issue.direction;
    morphChildren(this.device.envelope, medium === "web" ? [h("span", { dir: "ltr" }, issue.web_url ?? "The page in the archive")]
      : [h("b", { dir: "auto" }, issue.subject ?? ""), h("span", { dir: "auto" }, sender ?? "")]);
  }

  write(issue) {
    const fresh = OWN[this.state.view](issue);
    const before = this.written;
    this.written = `${issue.slug} ${this.state.view}`;
    this.doc.setAttribute("aria-label", nameOf(this.state.view));
    morphChildren(this.doc, [fresh].filter(Boolean));
    if (before !== this.written) {
      this.doc.scrollTop = 0;
      for (const cut of this.doc.querySelectorAll("details[data-cut]")) cut.open = true;
    }
  }

  /** Say why there is nothing to show. */
  nothing(issue, changes, unreachable) {
    this.frame.clear();
    this.written = null;
    morphChildren(this.none, this.reason(issue, changes, unreachable));
  }

  failed() {
    this.device.floor.hidden = this.second.hidden = true;
    this.none.hidden = false;
    this.nothing(null, null, true);
  }

  reason(issue, changes, unreachable) {
    const message = (title, text) => [h("h2", {}, title), h("p", {}, text)];
    if (!issue && unreachable) return message("The preview has stopped", "Start it again with newsletter preview. This page continues where you are.");
    if (!issue) return [];
    if (!issue.email) return message("No email yet", "Fix the errors above to build the email.");
    if (changes) return message("Nothing to compare with", changes.why);
    return message("View not available", "This version of the preview does not have it.");
  }

  scaled(scale) {
    this.zoom.textContent = scale < 0.995 ? `shown at ${Math.round(scale * 100)} %` : "";
  }

  remove() {
    this.frame.clear();
    this.element.remove();
  }
}

/** Word is on desktops only: an email as narrow as a phone would be cut off there. */
const narrowest = (view) => (view === "word" ? DEVICES.tablet : 0);
const shownWidth = ({ view, width }) => Math.max(width, narrowest(view));

/** Return the text part with its 72nd column marked. */
function plain(issue) {
  const lines = issue.text.split("\n");
  const size = new TextEncoder().encode(issue.text).length;
  const long = lines.filter((line) => line.length > 72).length;
  const facts = [`${number(lines.length)} lines`, kilobytes(size), long ? `${long} longer than 72 columns, mostly addresses` : "none longer than 72 columns"];
  return h("div", { class: "plain" }, h("p", { class: "caption" }, facts.join(" · ")),
    h("div", { class: "sheet", dir: issue.direction }, h("i", { "aria-hidden": "true" }, h("span", {}, "72")), h("pre", {}, h("code", {}, issue.text))));
}
