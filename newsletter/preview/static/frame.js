// An email in a frame that runs nothing. A new version is morphed into it; another view is loaded into a second frame
// behind the first, which then replaces it. Either way nothing flashes and the scroll position is kept.

import { fetchText } from "/static/fetch.js";
import { morph } from "/static/morph.js";

const MARKS = `
  [data-studio-mark] { outline: 3px solid #2f7d95 !important; outline-offset: 3px !important; border-radius: 2px; }
  [data-studio-mark="error"] { outline-color: #cf3d2e !important; }
  [data-studio-mark="warning"] { outline-color: #b9790a !important; }
  [data-at]:hover { cursor: pointer; }
`;
const INLINE = "a, abbr, b, code, em, i, mark, s, span, strong, sub, sup";
const TOP = 56; // pixels left free above what is scrolled to

export class EmailFrame {
  /** `handlers` are `clicked(element, link)`, `key(event)` and `scrolled()`. */
  constructor(holder, handlers) {
    this.holder = holder;
    this.handlers = handlers;
    this.shown = null; // {frame, address}
    this.turn = 0; // a later call replaces an earlier one
    this.mark = null; // {at, kind}
  }

  get document() {
    return this.shown?.frame.contentDocument ?? null;
  }

  /** Show the response of an address; resolves to whether it is on the page, or to null if a later call
   * replaced this one. `query` selects a look that is tried. A failure leaves the old response shown. */
  async show(address, query, title, dark) {
    this.turn += 1;
    const turn = this.turn;
    const same = this.shown?.address === address;
    const done = same ? await this.repaint(address, query, () => turn === this.turn) : await this.load(address, query, () => turn === this.turn);
    if (done && this.shown) {
      this.shown.frame.title = title;
      this.shown.frame.style.colorScheme = dark ? "dark" : "light";
      const element = this.applyMark();
      if (element && !same && !this.document.scrollingElement.scrollTop) this.reveal(element);
    }
    return done;
  }

  clear() {
    this.turn += 1;
    this.shown?.frame.remove();
    this.shown = null;
  }

  async repaint(address, query, current) {
    const text = await fetchText(address, query);
    if (text === null || text === undefined) return false;
    if (text === this.text) return true;
    if (!current()) return null;
    // The frame's own parser: what the page parses is under the page's policy, which refuses an email's styles.
    const fresh = new this.shown.frame.contentWindow.DOMParser().parseFromString(text, "text/html");
    morph(this.document.documentElement, withoutNavigation(fresh).documentElement);
    this.text = text;
    return true;
  }

  async load(address, query, current) {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-same-origin");
    frame.className = "coming";
    frame.title = "Loading";
    frame.src = address + query;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    this.holder.append(frame);
    await loaded;
    // A browser's own error page has no document that this page may read, or not from this address.
    const loadedAddress = frame.contentDocument?.location.pathname;
    if (!current()) {
      frame.remove();
      return null;
    }
    if (!frame.contentDocument?.body || loadedAddress !== new URL(address, location).pathname) {
      frame.remove();
      return false;
    }
    this.prepare(frame.contentDocument, frame.contentWindow);
    const place = this.place();
    const focused = document.activeElement === this.shown?.frame;
    this.shown?.frame.remove();
    frame.className = "";
    this.shown = { frame, address };
    this.text = null;
    if (focused) frame.focus();
    if (place) this.restore(place);
    return true;
  }

  prepare(email, view) {
    withoutNavigation(email);
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(MARKS);
    email.adoptedStyleSheets = [sheet];
    for (const kind of ["click", "auxclick"]) {
      email.addEventListener(kind, (event) => {
        event.preventDefault();
        if (kind === "click") this.handlers.clicked(event.target.closest("[data-at]"), event.target.closest("a[href]"));
      });
    }
    for (const kind of ["submit", "dragstart"]) email.addEventListener(kind, (event) => event.preventDefault());
    email.addEventListener("keydown", (event) => {
      const link = event.target.closest?.("a[href]");
      if (event.key === "Enter" && link) {
        event.preventDefault();
        this.handlers.clicked(link.closest("[data-at]"), link);
      } else this.handlers.key(event);
    });
    email.addEventListener("scroll", () => this.handlers.scrolled(), { passive: true });
  }

  // --- the scroll position: the first visible element, and how far above the edge it starts ---

  place() {
    const email = this.document;
    if (!email?.body || !email.scrollingElement?.scrollTop) return null;
    const marked = [...email.querySelectorAll("[data-at]")];
    const first = marked.find((element) => element.getBoundingClientRect().bottom > 0);
    return { top: email.scrollingElement.scrollTop, at: first?.dataset.at, above: first?.getBoundingClientRect().top };
  }

  restore({ top, at, above }) {
    const scroller = this.document?.scrollingElement;
    if (!scroller) return;
    const element = at && this.find(at);
    scroller.scrollTop = element ? scroller.scrollTop + element.getBoundingClientRect().top - above : top;
  }

  // --- marks ---

  /** Return the element written at a location: the first visible one, because the preheader is there twice. */
  find(at) {
    const elements = [...(this.document?.querySelectorAll(`[data-at="${CSS.escape(at)}"]`) ?? [])];
    return elements.find((element) => element.checkVisibility() && element.getClientRects().length) ?? null;
  }

  /** Mark the element written at a location and scroll to it; without a location, mark nothing. */
  point(at, kind = "here", scroll = true) {
    this.mark = at ? { at, kind } : null;
    const element = this.applyMark();
    if (element && scroll) this.reveal(element);
    return element;
  }

  applyMark() {
    for (const old of this.document?.querySelectorAll("[data-studio-mark]") ?? []) old.removeAttribute("data-studio-mark");
    const element = this.mark && this.find(this.mark.at);
    element?.setAttribute("data-studio-mark", this.mark.kind);
    return element;
  }

  reveal(element) {
    const box = element.getBoundingClientRect();
    const height = this.shown.frame.clientHeight;
    if (box.top >= 8 && box.bottom <= height - 8) return;
    const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const by = box.height > height ? box.top - TOP : box.top - Math.max(TOP, (height - box.height) / 3);
    this.document.scrollingElement.scrollBy({ top: by, behavior: reducedMotion ? "instant" : "smooth" });
  }

  /** Return the locations of the email's blocks in reading order. */
  places() {
    const marked = [...(this.document?.querySelectorAll("[data-at]") ?? [])];
    return marked.filter((element) => !element.matches(INLINE)).map((element) => element.dataset.at);
  }
}

/** Disable links: a sandboxed frame may open no window, so that even an unhandled click leads nowhere. */
function withoutNavigation(email) {
  for (const link of email.querySelectorAll("a[href], area[href]")) link.setAttribute("target", "_blank");
  return email;
}
