// A pane: one way to look at the issue, at one width.

import { DEVICES, Device, kindOf, within } from "/static/device.js";
import { h, kilobytes, number } from "/static/dom.js";
import { MailFrame } from "/static/frame.js";
import { inbox } from "/static/inbox.js";
import { morphChildren } from "/static/morph.js";
import { order } from "/static/order.js";
import { source } from "/static/source.js";
import { TABS, VARIANTS, keyOf, nameOf, tabOf } from "/static/tabs.js";

const OWN = {
  text: (issue) => plain(issue),
  inbox: (issue) => inbox(issue),
  source: (issue) => (issue.source ? source(issue.source) : null),
  reading: (issue) => order(issue.reading, issue.direction),
};

const [MARGIN, COLUMN] = [66, 640]; // pixels around a device, and of a view without one

export class Pane {
  /** `tell` has `view(name)`, `width(pixels)`, `close()`, `clicked(at, url)`, `key(event)` and `scrolled()`. */
  constructor(index, tell) {
    this.index = index;
    this.tell = tell;
    this.state = null;
    this.device = new Device((width) => tell.width(width));
    this.device.scaled = (scale) => this.scaled(scale);
    this.frame = new MailFrame(this.device.screen, {
      clicked: (element, link) => tell.clicked(element?.dataset.at ?? null, link?.getAttribute("href") ?? null),
      key: (event) => tell.key(event),
      scrolled: () => tell.scrolled(),
    });
    this.build();
  }

  build() {
    const name = this.index ? "Second view" : "First view";
    this.tabs = TABS.map((tab, position) => h("button", {
      type: "button", role: "tab", id: `tab-${this.index}-${position}`, "data-view": tab.variants[0], "data-label": tab.label,
      "aria-controls": `panel-${this.index}`, class: tab.apart ? "apart" : null, title: `${tab.label} (${keyOf(tab)})`,
    }, tab.label));
    this.list = h("div", { role: "tablist", "aria-label": `${name}: ways to look at it` }, this.tabs);
    this.pick = h("select", { class: "pick", "aria-label": `${name}: way to look at it` },
      TABS.flatMap((tab) => tab.variants.map((view) => h("option", { value: view }, nameOf(view)))));
    this.shut = h("button", { type: "button", class: "quiet far", "aria-label": "Close this view" }, "×");
    this.widths = h("div", { class: "widths", role: "group", "aria-label": "Width" }, Object.keys(DEVICES).map((device) =>
      h("button", { type: "button", "data-width": DEVICES[device], title: `${DEVICES[device]} pixels` }, device[0].toUpperCase() + device.slice(1))));
    this.exact = h("input", { type: "number", min: 240, max: 1600, step: 1, "aria-label": "Width in pixels" });
    this.variants = h("div", { class: "widths variants", role: "group", "aria-label": "Kind" });
    this.zoom = h("span", { class: "far zoom" });
    this.second = h("div", { class: "bar-2" }, this.widths, this.exact, h("span", { class: "unit", "aria-hidden": "true" }, "px"), this.variants, this.zoom);
    this.doc = h("div", { class: "doc", tabindex: "0" });
    this.none = h("div", { class: "empty" });
    this.panel = h("div", { class: "panel", id: `panel-${this.index}`, role: "tabpanel" }, this.second, this.device.floor, this.doc, this.none);
    this.spot = h("div", { class: "spot" });
    this.element = h("section", { class: "pane", tabindex: "-1", "aria-label": name },
      h("div", { class: "bar-1" }, this.list, this.pick, this.index ? this.shut : null), this.panel, this.spot);
    this.hear();
  }

  hear() {
    this.list.addEventListener("click", (event) => this.chosen(event.target.closest("[data-view]")));
    this.list.addEventListener("keydown", (event) => this.arrowed(event));
    this.pick.addEventListener("change", () => this.tell.view(this.pick.value));
    this.shut.addEventListener("click", () => this.tell.close());
    this.widths.addEventListener("click", (event) => {
      const width = event.target.closest("[data-width]")?.dataset.width;
      if (width) this.tell.width(Number(width));
    });
    this.exact.addEventListener("change", () => this.tell.width(within(Number(this.exact.value) || this.state.width)));
    this.variants.addEventListener("click", (event) => this.chosen(event.target.closest("[data-view]")));
    this.doc.addEventListener("click", (event) => {
      const at = event.target.closest("[data-at]")?.dataset.at;
      if (at && !event.target.closest("a")) this.tell.clicked(at, null);
    });
  }

  chosen(button) {
    if (button) this.tell.view(button.dataset.view);
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

  /** Show an issue in a way; resolves once it is on the page. Without `fresh`, a mail that is shown is left as it is. */
  async show(state, { issue, changes }, fresh) {
    this.state = state;
    const view = issue?.views.find(({ name }) => name === state.view);
    this.chrome(state, view, issue);
    const uncompared = state.view === "changes" && !changes?.available;
    const possible = Boolean(issue?.mail && (!this.framed || view) && !uncompared);
    // Side by side each has the room its device needs, so that both are seen at one scale.
    this.element.style.setProperty("--share", this.framed ? state.width + MARGIN : COLUMN);
    this.device.floor.hidden = this.second.hidden = !possible || !this.framed;
    this.doc.hidden = !possible || this.framed;
    this.none.hidden = possible;
    if (!possible) return this.nothing(issue, uncompared ? changes : null);
    if (!this.framed) return this.write(issue);
    this.device.set(state.width, Boolean(view.dark));
    this.address(issue, view);
    const address = `/mail/${encodeURIComponent(issue.slug)}/${encodeURIComponent(state.view)}`;
    if (fresh || this.frame.shown?.address !== address) {
      await this.frame.show(address, `${nameOf(state.view)}: ${issue.title ?? issue.slug}`, view.dark);
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
    for (const button of this.widths.children) button.setAttribute("aria-pressed", String(kindOf(width) === kindOf(Number(button.dataset.width))));
    if (document.activeElement !== this.exact || this.exact.value === "") this.exact.value = width;
    const offered = tab.variants.filter((name) => issue?.views.some((other) => other.name === name));
    this.variants.hidden = offered.length < 2;
    morphChildren(this.variants, offered.length < 2 ? [] : offered.map((name) =>
      h("button", { type: "button", "data-view": name, "aria-pressed": String(name === view) }, VARIANTS[name])));
  }

  /** Say what stands above a mail in every mail program, or the address of a page. */
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

  nothing(issue, changes) {
    this.frame.clear();
    this.written = null;
    const said = !issue ? null
      : !issue.mail ? ["Not a mail yet", "Something keeps these files from becoming one. What is to be mended stands above and beside."]
        : changes ? ["Nothing to compare with", changes.why]
          : ["This view is not there", "This version of the studio does not know it."];
    morphChildren(this.none, said ? [h("h2", {}, said[0]), h("p", {}, said[1])] : []);
  }

  scaled(scale) {
    this.zoom.textContent = scale < 0.995 ? `shown at ${Math.round(scale * 100)} %` : "";
  }

  remove() {
    this.frame.clear();
    this.element.remove();
  }
}

/** Return the text part with its 72nd column marked. */
function plain(issue) {
  const lines = issue.text.split("\n");
  const size = new TextEncoder().encode(issue.text).length;
  const long = lines.filter((line) => line.length > 72).length;
  const said = [`${number(lines.length)} lines`, kilobytes(size), long ? `${long} longer than 72 columns, mostly addresses` : "none longer than 72 columns"];
  return h("div", { class: "plain" }, h("p", { class: "caption" }, said.join(" · ")),
    h("div", { class: "sheet", dir: issue.direction }, h("i", { "aria-hidden": "true" }, h("span", {}, "72")), h("pre", {}, h("code", {}, issue.text))));
}
