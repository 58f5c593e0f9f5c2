// Makes one tree equal another by changing only what differs. What does not change is not repainted, and keeps its
// scroll position, its focus and its selection.

/** Give `from` the attributes and children of `to`, an element of the same name. */
export function morph(from, to) {
  for (const { name } of [...from.attributes]) {
    const isReaders = name === "open" && from.nodeName === "DETAILS"; // opened by the reader
    if (!to.hasAttribute(name) && !isReaders) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) === value) continue;
    if (name === "style" && from.ownerDocument === document) from.style.cssText = value; // see `h`
    else from.setAttribute(name, value);
  }
  morphChildren(from, [...to.childNodes]);
}

/** Make the children of `parent` those nodes; equal ones stay. */
export function morphChildren(parent, fresh) {
  const old = [...parent.childNodes];
  let start = 0;
  let [oldEnd, freshEnd] = [old.length, fresh.length];
  while (start < Math.min(oldEnd, freshEnd) && old[start].isEqualNode(fresh[start])) start += 1;
  while (Math.min(oldEnd, freshEnd) > start && old[oldEnd - 1].isEqualNode(fresh[freshEnd - 1])) {
    oldEnd -= 1;
    freshEnd -= 1;
  }
  const left = old.slice(start, oldEnd);
  const after = old[oldEnd] ?? null;
  for (const node of fresh.slice(start, freshEnd)) {
    const ahead = left.findIndex((other) => alike(other, node));
    for (const gone of left.splice(0, Math.max(ahead, 0))) gone.remove();
    if (left.length && isSameElement(left[0], node)) update(left.shift(), node);
    else parent.insertBefore(node, left[0] ?? after);
  }
  for (const gone of left) gone.remove();
}

function update(from, to) {
  if (from.nodeType !== Node.ELEMENT_NODE) from.data = to.data;
  else if (!from.isEqualNode(to)) morph(from, to);
}

const key = (node) => node.dataset?.key;

/** Return whether two nodes are the same thing in two versions: by their key, or else by their text. */
function alike(one, other) {
  if (!isSameElement(one, other)) return false;
  return key(other) !== undefined || one.textContent === other.textContent;
}

const isSameElement = (one, other) => one.nodeName === other.nodeName && key(one) === key(other);
