// A mail in a frame that runs nothing. A new version of what is shown is morphed into it; another view is loaded into a
// second frame behind the first, which then takes its place. Either way nothing flashes and the reader's place is kept.

import { morph } from "/static/morph.js";

const MARKS = `
  [data-studio-mark] { outline: 3px solid #2f7d95 !important; outline-offset: 3px !important; border-radius: 2px; }
  [data-studio-mark="error"] { outline-color: #cf3d2e !important; }
  [data-studio-mark="warning"] { outline-color: #b9790a !important; }
  [data-at]:hover { cursor: pointer; }
`;
const INLINE = "a, abbr, b, code, em, i, mark, s, span, strong, sub, sup";
const TOP = 56; // pixels kept free above what is scrolled to

export class MailFrame {
  /** `tell` has `clicked(element, link)`, `key(event)` and `scrolled()`. */
  constructor(holder, tell) {
    this.holder = holder;
    this.tell = tell;
    this.shown = null; // {frame, address}
    this.turn = 0; // a later call overtakes an earlier one
    this.mark = null; // {at, kind}
  }

  get document() {
    return this.shown?.frame.contentDocument ?? null;
  }

  /** Show what an address answers; resolves to whether it is on the page. */
  async show(address, title, dark) {
    this.turn += 1;
    const turn = this.turn;
    const same = this.shown?.address === address;
    const done = same ? await this.repaint(address, () => turn === this.turn) : await this.load(address, () => turn === this.turn);
    if (done && this.shown) {
      this.shown.frame.title = title;
      this.shown.frame.style.colorScheme = dark ? "dark" : "light";
      const element = this.remark();
      if (element && !same && !this.document.scrollingElement.scrollTop) this.reveal(element);
    }
    return done;
  }

  clear() {
    this.turn += 1;
    this.shown?.frame.remove();
    this.shown = null;
  }

  async repaint(address, current) {
    const answer = await fetch(address);
    if (!answer.ok) return false;
    const text = await answer.text();
    if (!current()) return false;
    // The frame's own parser: what the page parses is under the page's policy, which refuses a mail's styles.
    const fresh = new this.shown.frame.contentWindow.DOMParser().parseFromString(text, "text/html");
    morph(this.document.documentElement, harmless(fresh).documentElement);
    return true;
  }

  async load(address, current) {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-same-origin");
    frame.className = "coming";
    frame.src = address;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    this.holder.append(frame);
    await loaded;
    if (!current() || !frame.contentDocument?.body) {
      frame.remove();
      return false;
    }
    this.dress(frame.contentDocument, frame.contentWindow);
    const place = this.place();
    const focused = document.activeElement === this.shown?.frame;
    this.shown?.frame.remove();
    frame.className = "";
    this.shown = { frame, address };
    if (focused) frame.focus();
    if (place) this.restore(place);
    return true;
  }

  dress(mail, view) {
    harmless(mail);
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(MARKS);
    mail.adoptedStyleSheets = [sheet];
    for (const kind of ["click", "auxclick"]) {
      mail.addEventListener(kind, (event) => {
        event.preventDefault();
        if (kind === "click") this.tell.clicked(event.target.closest("[data-at]"), event.target.closest("a[href]"));
      });
    }
    for (const kind of ["submit", "dragstart"]) mail.addEventListener(kind, (event) => event.preventDefault());
    mail.addEventListener("keydown", (event) => {
      const link = event.target.closest?.("a[href]");
      if (event.key === "Enter" && link) {
        event.preventDefault();
        this.tell.clicked(link.closest("[data-at]"), link);
      } else this.tell.key(event);
    });
    mail.addEventListener("scroll", () => this.tell.scrolled(), { passive: true });
  }

  // --- the reader's place: what stands on top, and how far above the edge it starts ---

  place() {
    const mail = this.document;
    if (!mail?.body || !mail.scrollingElement?.scrollTop) return null;
    const marked = [...mail.querySelectorAll("[data-at]")];
    const first = marked.find((element) => element.getBoundingClientRect().bottom > 0);
    return { top: mail.scrollingElement.scrollTop, at: first?.dataset.at, above: first?.getBoundingClientRect().top };
  }

  restore({ top, at, above }) {
    const scroller = this.document?.scrollingElement;
    if (!scroller) return;
    const element = at && this.find(at);
    scroller.scrollTop = element ? scroller.scrollTop + element.getBoundingClientRect().top - above : top;
  }

  // --- marks ---

  find(at) {
    return this.document?.querySelector(`[data-at="${CSS.escape(at)}"]`) ?? null;
  }

  /** Mark what was written at a place, and bring it into view; without a place, mark nothing. */
  point(at, kind = "here", scroll = true) {
    this.mark = at ? { at, kind } : null;
    const element = this.remark();
    if (element && scroll) this.reveal(element);
    return element;
  }

  remark() {
    for (const old of this.document?.querySelectorAll("[data-studio-mark]") ?? []) old.removeAttribute("data-studio-mark");
    const element = this.mark && this.find(this.mark.at);
    element?.setAttribute("data-studio-mark", this.mark.kind);
    return element;
  }

  reveal(element) {
    const box = element.getBoundingClientRect();
    const height = this.shown.frame.clientHeight;
    if (box.top >= 8 && box.bottom <= height - 8) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const by = box.height > height ? box.top - TOP : box.top - Math.max(TOP, (height - box.height) / 3);
    this.document.scrollingElement.scrollBy({ top: by, behavior: calm ? "instant" : "smooth" });
  }

  /** Return the places of the mail's blocks in reading order. */
  places() {
    const marked = [...(this.document?.querySelectorAll("[data-at]") ?? [])];
    return marked.filter((element) => !element.matches(INLINE)).map((element) => element.dataset.at);
  }
}

/** Send links nowhere: a sandboxed frame may open no window, so that even a click nobody heard leads to nothing. */
function harmless(mail) {
  for (const link of mail.querySelectorAll("a[href], area[href]")) link.setAttribute("target", "_blank");
  return mail;
}
