// Elements in one call. Words become text nodes and nothing else: what an author wrote is never read as HTML.

/** Return an element; `false`, `null` and `undefined` leave an attribute or a child out, `true` is an empty attribute. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    // The page's own policy refuses style attributes; styles set one by one are no text that could be injected.
    if (name === "style") for (const [property, set] of Object.entries(value)) element.style.setProperty(property, set);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** Return a drawing of ours, 16 × 16, in the colour of the words around it; it says nothing to screen readers. */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  const drawn = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries({ viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" })) {
    svg.setAttribute(name, value);
  }
  drawn.setAttribute("d", path);
  svg.append(drawn);
  return svg;
}

export const number = (value) => value.toLocaleString("en-GB");

/** Return bytes as people say them: 34.1 KB, of 1,024 bytes as Gmail's limit is told. */
export const kilobytes = (bytes) => `${(bytes / 1024).toLocaleString("en-GB", { maximumFractionDigits: 1 })} KB`;

export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

/** Return a link to a place in an author's file, which opens the editor; bare words where no editor is known. */
export function placeLink({ path, line, column, editor }, words) {
  const place = [path, line, column].filter((part) => part !== null && part !== undefined).join(":");
  const said = words ?? place;
  return editor ? h("a", { href: editor, class: "editor", title: `Open ${place} in the editor` }, said) : h("span", { title: place }, said);
}
