// Texts from the server. What the page has already is not sent again: only the part that differs.

const RECENT = 6; // texts in the cache, those of two views and a description twice

const cache = new Map(); // address -> {digest, text}, the latest last

/** Return the text at an address, null if there is none, undefined if the server does not answer. */
export async function fetchText(address, query = "") {
  const before = cache.get(address);
  const headers = before ? { "x-newsletter-have": before.digest } : {};
  const response = await fetch(address + query, { headers }).catch(() => undefined);
  if (!response?.ok) return response && null;
  const text = response.status === 226 ? spliced(before.text, await response.json()) : await response.text();
  cache.delete(address);
  cache.set(address, { digest: response.headers.get("x-newsletter-digest"), text });
  if (cache.size > RECENT) cache.delete(cache.keys().next().value);
  return text;
}

/** Return a text with parts replaced; they are in its order, so the last one goes first. */
const spliced = (text, parts) => parts.reduceRight((whole, [start, end, part]) => whole.slice(0, start) + part + whole.slice(end), text);
