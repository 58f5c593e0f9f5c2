// The search page's form and results. Nothing is loaded before somebody searches; without this file the page
// still lists all issues.

const box = document.getElementById("search");
const words = box.dataset;
const filters = ["topic", "person", "year"];
let index;

const make = (tag, values = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), values);
  element.append(...children);
  return element;
};

const field = make("input", { type: "search", id: "find", name: "q", autocomplete: "off" });
const form = make("form", { role: "search" });
const label = make("label", { htmlFor: "find", textContent: words.find });
const choices = make("div", { className: "choices" });
const status = make("p", { className: "o" });
const list = make("ol", { className: "found" });
status.setAttribute("role", "status");
form.append(label, field, choices);
box.append(form, status, list);

async function load() {
  if (!index) {
    index = await import(new URL(`${words.bundle}pagefind.js`, document.baseURI));
    await index.init();
    const values = await index.filters();
    for (const name of filters) offer(name, values[name] || {});
  }
  return index;
}

function offer(name, values) {
  const names = Object.keys(values).sort((a, b) =>
    name === "year" ? b.localeCompare(a) : a.localeCompare(b, document.documentElement.lang));
  if (names.length < 2) return;
  const select = make("select", { name, onchange: search },
    make("option", { value: "", textContent: words.any }),
    ...names.map((value) => make("option", { value, textContent: value })));
  choices.append(make("label", {}, make("span", { textContent: words[name] }), " ", select));
}

function chosen() {
  const pairs = [...choices.querySelectorAll("select")].filter((select) => select.value);
  return Object.fromEntries(pairs.map((select) => [select.name, select.value]));
}

let turn = 0;
async function search() {
  const own = ++turn;
  const query = field.value.trim();
  const given = chosen();
  if (!query && !Object.keys(given).length) return show([], "");
  const found = await (await load()).search(query || null, { filters: given, sort: query ? {} : { date: "desc" } });
  const data = await Promise.all(found.results.slice(0, 20).map((result) => result.data()));
  if (own !== turn) return;
  const count = words.results.replace("{count}", found.results.length);
  show(data, found.results.length ? count : words.noResults);
}

function show(results, message) {
  status.textContent = message;
  list.replaceChildren(...results.map((result) => {
    const link = make("a", { href: result.url, textContent: result.meta.title });
    const date = make("span", { className: "o", textContent: result.meta.date || "" });
    const excerpt = make("p");
    excerpt.append(...marked(result.excerpt));
    return make("li", {}, link, " ", date, excerpt);
  }));
  const url = new URL(location);
  if (field.value) url.searchParams.set("q", field.value);
  else url.searchParams.delete("q");
  history.replaceState(null, "", url);
}

// The excerpt is HTML with <mark> as its only element; it is rebuilt from text, so that nothing else can be in it.
function marked(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html").body;
  return [...parsed.childNodes].map((node) =>
    node.nodeName === "MARK" ? make("mark", { textContent: node.textContent }) : node.textContent);
}

let waiting;
field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(search, 200);
});
field.addEventListener("focus", load, { once: true });
field.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { field.value = ""; search(); }
});
form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
const asked = new URLSearchParams(location.search).get("q");
if (asked) { field.value = asked; search(); }
