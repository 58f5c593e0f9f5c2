// Elements in one call. Strings become text nodes and nothing else: author text is never parsed as HTML.

/** Return an element; `false`, `null` and `undefined` omit an attribute or a child, `true` is an empty attribute. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    // The page's own policy refuses style attributes; properties set one by one cannot be injected as text.
    if (name === "style") for (const [property, set] of Object.entries(value)) element.style.setProperty(property, set);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** Return an icon, 16 × 16, in the color of the text around it, hidden from screen readers. */
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

/** Return bytes in KB of 1,024 bytes, as Gmail's limit is stated: 34.1 KB. */
export const kilobytes = (bytes) => `${(bytes / 1024).toLocaleString("en-GB", { maximumFractionDigits: 1 })} KB`;

export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

/** Return a link that opens a location in the editor; plain text if no editor is known. */
export function placeLink({ path, line, column, editor }, text) {
  const place = [path, line, column].filter((part) => part !== null && part !== undefined).join(":");
  const shown = text ?? place;
  return editor ? h("a", { href: editor, class: "editor", title: `Open ${place} in the editor` }, shown) : h("span", { title: place }, shown);
}
