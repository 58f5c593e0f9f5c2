// What is shown, stored in the page's address: #/2026-03-01-quay/light@375/dark@1024 survives a reload and can be sent.

import { DEVICES, within } from "/static/device.js";

const FIRST = { view: "light", width: DEVICES.phone };

/** Return `{ slug, panes }` of an address; unreadable parts are ignored. */
export function parse(hash) {
  const [slug, ...panes] = hash.replace(/^#\/?/, "").split("/").map(decoded).filter(Boolean);
  const read = panes.slice(0, 2).map((pane) => {
    const [view, width] = pane.split("@");
    return { view: view || FIRST.view, width: within(Number(width) || FIRST.width) };
  });
  return { slug: slug ?? null, panes: read.length ? read : [{ ...FIRST }] };
}

export function format({ slug, panes }) {
  return `#/${[slug ?? "", ...panes.map(({ view, width }) => `${view}@${width}`)].map(encodeURIComponent).join("/")}`.replaceAll("%40", "@");
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
