// The email's source with the bytes of each section, and the line at which Gmail would clip it.

import { h, kilobytes, number, placeLink } from "/static/dom.js";

/** Return a scale of all sections against the limit, then each section with its HTML. */
export function source(report) {
  return h("div", { class: "source" }, scale(report), report.parts.map((part, index) => section(report, part, index)));
}

function scale({ parts, total, limit }) {
  const whole = Math.max(total, limit) * 1.02;
  const share = (bytes) => `${((bytes / whole) * 100).toFixed(2)}%`;
  const over = total > limit;
  const summary = over
    ? `${kilobytes(total)}. Gmail clips the email at ${kilobytes(limit)}: the last ${kilobytes(total - limit)} are not shown.`
    : `${kilobytes(total)}. Gmail clips at ${kilobytes(limit)}; ${kilobytes(limit - total)} left.`;
  const own = parts.reduce((sum, part) => sum + part.bytes, 0) || 1;
  return h("header", { class: "scale", "data-key": "scale" },
    h("p", { class: over ? "bad" : null }, summary),
    h("div", { class: "scale-bar", "aria-hidden": "true" },
      parts.map((part, index) => h("span", { style: { width: share((part.bytes / own) * total) }, "data-shade": index % 4, title: `${part.name}: ${kilobytes(part.bytes)}` })),
      h("i", { style: { left: share(limit) } }, h("b", {}, kilobytes(limit)))));
}

function section({ html, total, limit, clip }, part, index) {
  const text = html.slice(part.start, part.end);
  const cut = clip && clip.offset >= part.start && clip.offset < part.end ? clip.offset - part.start : null;
  const past = clip !== null && clip.offset < part.start;
  return h("details", { "data-key": `${index} ${part.name}`, "data-cut": cut !== null, class: past ? "past" : null },
    h("summary", {},
      h("span", { class: "name", dir: "auto" }, part.name),
      h("span", { class: "percent" }, past ? "not shown" : `${Math.round((part.bytes / total) * 100)} %`),
      h("span", { class: "bytes" }, `${number(part.bytes)} bytes`)),
    part.path && h("p", { class: "file" }, placeLink(part)),
    cut === null ? code(text) : [code(text.slice(0, cut)), clipLine(limit), code(text.slice(cut))]);
}

const code = (text) => h("pre", { dir: "ltr", tabindex: "0" }, h("code", {}, text));

const clipLine = (limit) => h("p", { class: "clip" }, `Gmail clips here, after ${number(limit)} bytes`);
