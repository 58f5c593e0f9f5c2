// The look panel: settings of the look as controls, tried on the email and written only on request.

import { h } from "/static/dom.js";
import { morphChildren } from "/static/morph.js";

const PAUSE = 60; // milliseconds without another change before a look is tried
const SCHEMES = { light: "Light", dark: "Dark", outlook: "Outlook", gmail: "Gmail" };
const OWN = "own"; // the font that is typed

export class LookPanel {
  /** `handlers` are `tried(query)`, `say(text)`, `close()` and `token()`; `query` selects the look of an email. */
  constructor(element, handlers) {
    this.element = element;
    this.handlers = handlers;
    this.known = null; // what the server says of the settings
    this.turn = 0;
    this.build();
  }

  build() {
    this.controls = h("form", { class: "look-controls" });
    this.message = h("div", { class: "look-message", role: "status" });
    this.contrasts = h("table", { class: "contrasts" });
    this.toml = h("pre", { tabindex: "0", "aria-label": "Settings as TOML" }, h("code", {}));
    const button = (text, action, kind) => {
      const made = h("button", { type: "button", class: kind }, text);
      made.addEventListener("click", () => action());
      return made;
    };
    this.element.replaceChildren(
      h("section", { "aria-labelledby": "look-title" },
        h("header", {}, h("h2", { id: "look-title" }, "Look"), button("Close", () => this.handlers.close())),
        this.controls,
        h("p", { class: "look-actions" }, button("Copy as TOML", () => this.copy()), button("Save to settings", () => this.save()), button("Reset", () => this.reset())),
        this.message, this.toml),
      h("section", { "aria-labelledby": "contrast-title" }, h("h2", { id: "contrast-title" }, "Contrast"), this.contrasts));
    this.controls.addEventListener("input", () => this.changed());
    this.controls.addEventListener("submit", (event) => event.preventDefault());
  }

  /** Show the settings as they are, and try them. */
  async open() {
    if (!(await this.request())) return;
    this.fill(this.known.choice);
    await this.tried();
    this.controls.querySelector("select")?.focus();
  }

  async request() {
    const response = await fetch("/api/look").catch(() => null);
    const reply = await response?.json().catch(() => null);
    if (!response?.ok) this.report([{ message: reply?.error ?? "The preview server does not answer." }]);
    else this.known = reply;
    return Boolean(response?.ok);
  }

  fill(choice) {
    const { looks, fonts, densities, images, widths } = this.known;
    const isKind = choice.font === null || fonts.includes(choice.font);
    const named = (names, none) => [["", none], ...names.map((name) => [name, name])];
    this.inputs = {
      name: select(looks.map((name) => [name, name]), choice.name),
      accent: h("input", { type: "color", value: choice.accent ?? "#0d5269" }),
      hex: h("input", { type: "text", value: choice.accent ?? "", placeholder: "of the look", spellcheck: "false", "aria-label": "Accent as #rrggbb" }),
      font: select([...named(fonts, "of the look"), [OWN, "own list …"]], isKind ? (choice.font ?? "") : OWN),
      stack: h("input", { type: "text", value: isKind ? "" : choice.font, placeholder: "Charter, Georgia, serif", "aria-label": "Own list of fonts" }),
      width: h("input", { type: "range", min: widths[0], max: widths[1], step: 10, value: choice.width ?? widths[1] }),
      pixels: h("input", { type: "number", min: widths[0], max: widths[1], value: choice.width ?? "", placeholder: "auto", "aria-label": "Text width in pixels" }),
      density: select(densities.map((name) => [name, name]), choice.density),
      logo: select(named(images, "none"), choice.logo ?? ""),
      logo_dark: select(named(images, "as in light mode"), choice.logo_dark ?? ""),
    };
    const { name, accent, hex, font, stack, width, pixels, density, logo, logo_dark: dark } = this.inputs;
    stack.hidden = font.value !== OWN;
    accent.addEventListener("input", () => (hex.value = accent.value));
    hex.addEventListener("input", () => /^#[0-9a-f]{6}$/i.test(hex.value) && (accent.value = hex.value));
    width.addEventListener("input", () => (pixels.value = width.value));
    pixels.addEventListener("input", () => pixels.value && (width.value = pixels.value));
    font.addEventListener("input", () => (stack.hidden = font.value !== OWN));
    this.controls.replaceChildren(
      row("Look", name), row("Accent", accent, hex), row("Font", font, stack), row("Width", width, pixels),
      row("Density", density), row("Logo", logo), row("Logo in dark mode", dark),
      images.length === 0 && h("p", { class: "soft" }, "To choose a logo, save it in templates/<theme>/images/."));
  }

  get choice() {
    const { name, hex, font, stack, pixels, density, logo, logo_dark: dark } = this.inputs;
    return {
      name: name.value,
      accent: hex.value.trim() || null,
      font: (font.value === OWN ? stack.value.trim() : font.value) || null,
      logo: logo.value || null,
      logo_dark: dark.value || null,
      width: pixels.value ? Number(pixels.value) : null,
      density: density.value,
    };
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tried(), PAUSE);
  }

  /** Try the look: first whether it is one, then on the email. */
  async tried() {
    this.turn += 1;
    const turn = this.turn;
    const choice = JSON.stringify(this.choice);
    const response = await fetch(`/api/look/tried?choice=${encodeURIComponent(choice)}`).catch(() => null);
    const tried = await response?.json().catch(() => null);
    if (turn !== this.turn || !tried) return;
    if (tried.error) return this.report([{ message: tried.error }]);
    this.report([...tried.problems, ...tried.notes], tried.problems.length > 0);
    this.toml.firstChild.textContent = tried.toml;
    if (tried.problems.length) return;
    morphChildren(this.contrasts, table(tried.contrasts));
    await this.handlers.tried(`?look=${encodeURIComponent(choice)}`);
  }

  report(problems, bad = problems.length > 0) {
    this.message.dataset.state = bad ? "bad" : "fine";
    morphChildren(this.message, problems.map(({ message, hint }) => h("p", {}, [message, hint].filter(Boolean).join(". "))));
  }

  async copy() {
    const text = this.toml.textContent;
    const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    if (copied) return this.handlers.say("Copied.");
    getSelection().selectAllChildren(this.toml); // no clipboard without TLS: it is selected instead
    return this.handlers.say("Selected: copy it with the keyboard.");
  }

  /** Write the look; the server refuses if the settings file has changed since it was shown. */
  async save() {
    const response = await fetch("/api/look", {
      method: "POST",
      headers: { "content-type": "application/json", "x-newsletter-token": this.handlers.token() },
      body: JSON.stringify({ choice: this.choice, digest: this.known.digest }),
    }).catch(() => null);
    const reply = await response?.json().catch(() => null);
    await this.request();
    if (!response?.ok) return this.report([{ message: reply?.error ?? "The look could not be saved." }]);
    this.report([{ message: `Saved to ${this.known.path}.` }], false);
    return this.handlers.say("Saved.");
  }

  reset() {
    this.fill(this.known.choice);
    return this.tried();
  }
}

/** Return a control with its name, and others next to it that have names of their own. */
function row(name, first, ...others) {
  first.id = `look-${name.toLowerCase().replaceAll(" ", "-")}`;
  return h("div", { class: "look-row" }, h("label", { for: first.id }, name), h("span", { class: "look-inputs" }, first, others));
}

function select(options, value) {
  const made = h("select", {}, options.map(([name, label]) => h("option", { value: name }, label)));
  made.value = value;
  return made;
}

/** Return every pair with a sample of it and its contrast in each color scheme. */
function table(contrasts) {
  const uses = [...new Set(contrasts.map(({ use }) => use))];
  const of = (use, scheme) => contrasts.find((pair) => pair.use === use && pair.scheme === scheme);
  const head = h("tr", {}, h("th", { scope: "col" }, "Pair"), Object.values(SCHEMES).map((name) => h("th", { scope: "col" }, name)));
  const body = uses.map((use) => h("tr", { "data-key": use }, h("th", { scope: "row" }, use), Object.keys(SCHEMES).map((scheme) => cell(of(use, scheme)))));
  return [h("thead", {}, head), h("tbody", {}, body)];
}

function cell(pair) {
  if (!pair) return h("td", {}, "–");
  const { front, behind, ratio, needed, sufficient } = pair;
  return h("td", { "data-sufficient": String(sufficient), title: `${front} on ${behind}: needs ${needed}:1` },
    h("span", { class: "sample", "aria-hidden": "true", style: { color: front, background: behind } }, "Aa"),
    h("span", {}, ratio.toFixed(1), !sufficient && h("b", {}, " too little")));
}
