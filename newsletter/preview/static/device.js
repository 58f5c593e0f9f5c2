// The device an email is shown on: its width, and a grip to drag it wider or narrower.

import { h } from "/static/dom.js";

export const DEVICES = { phone: 375, tablet: 768, desktop: 1024 };
const [NARROWEST, WIDEST] = [240, 1600];
const HEIGHTS = { phone: 844, tablet: 1112 }; // CSS pixels; desktops take what there is
const RIMS = { phone: 7, tablet: 9 };
const STEP = { ArrowLeft: -10, ArrowRight: 10, PageDown: -100, PageUp: 100 };

export const within = (width) => Math.round(Math.min(Math.max(width, NARROWEST), WIDEST));

/** Return the device of exactly that width, or `free`. */
export const kindOf = (width) => Object.keys(DEVICES).find((name) => DEVICES[name] === width) ?? "free";

export class Device {
  /** `resized(width)` is called with a width that was chosen. */
  constructor(resized) {
    this.resized = resized;
    this.width = DEVICES.phone;
    this.screen = h("div", { class: "screen" });
    this.envelope = h("div", { class: "envelope" });
    this.body = h("div", { class: "device" }, this.envelope, this.screen);
    this.grip = h("div", { class: "grip", role: "separator", tabindex: "0", "aria-orientation": "vertical",
      "aria-label": "Width of the email", "aria-valuemin": NARROWEST, "aria-valuemax": WIDEST });
    this.room = h("div", { class: "room" }, this.body, this.grip);
    this.floor = h("div", { class: "floor" }, this.room);
    this.grip.addEventListener("keydown", (event) => this.nudged(event));
    this.grip.addEventListener("pointerdown", (event) => this.grabbed(event));
    new ResizeObserver(() => this.fit()).observe(this.floor);
  }

  set(width, dark) {
    this.width = width;
    this.body.dataset.kind = kindOf(width);
    this.body.dataset.scheme = dark ? "dark" : "light";
    this.grip.setAttribute("aria-valuenow", width);
    this.grip.setAttribute("aria-valuetext", `${width} pixels`);
    this.fit();
  }

  /**
   * Draw the device as large as possible. An email's own pixels are never changed, only scaled down; the device is
   * placed on whole pixels of the screen, or its edges are blurred.
   */
  fit() {
    const style = getComputedStyle(this.floor);
    const wide = this.floor.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const high = this.floor.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    if (wide <= 0 || high <= 0) return;
    const rim = RIMS[kindOf(this.width)] ?? 1;
    const seen = Math.floor(this.width * Math.min(1, wide / (this.width + 2 * rim)));
    this.scale = seen / this.width;
    const edge = Math.ceil(rim * this.scale);
    const tall = Math.floor(Math.min(high - 2 * edge, (HEIGHTS[kindOf(this.width)] ?? Infinity) * this.scale));
    const set = (element, property, value) => element.style.setProperty(property, value);
    set(this.body, "--rim", `${rim}px`);
    set(this.body, "width", `${this.width}px`);
    set(this.body, "height", `${tall / this.scale}px`);
    set(this.body, "transform", this.scale < 1 ? `scale(${this.scale})` : "none");
    set(this.room, "width", `${seen}px`);
    set(this.room, "height", `${tall}px`);
    set(this.room, "margin", `${edge}px 0 0 ${Math.floor((wide - seen) / 2)}px`);
    this.scaled?.(this.scale);
  }

  nudged(event) {
    const width = { Home: NARROWEST, End: WIDEST }[event.key] ?? this.width + STEP[event.key] * (event.shiftKey ? 0.1 : 1);
    if (Number.isNaN(width)) return;
    event.preventDefault();
    event.stopPropagation();
    this.resized(within(width));
  }

  /** Follow the pointer: the device is centred, so its edge moves by half of its growth. */
  grabbed(event) {
    const [from, width] = [event.clientX, this.width];
    const move = (moved) => this.resized(within(width + (2 * (moved.clientX - from)) / this.scale));
    this.grip.setPointerCapture(event.pointerId);
    this.floor.classList.add("dragging");
    this.grip.addEventListener("pointermove", move);
    const drop = () => {
      this.grip.removeEventListener("pointermove", move);
      this.floor.classList.remove("dragging");
    };
    this.grip.addEventListener("lostpointercapture", drop, { once: true });
  }
}
