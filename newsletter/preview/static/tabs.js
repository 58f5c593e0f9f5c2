// The ways to look at an issue, in order; the keys 1 to 9 and 0 follow it.

// `variants` are views of the server that share a tab. A tab with a `key` has no digit; `own` ones are drawn by the page;
// a `note` is shown above the email.
export const TABS = [
  { label: "Light", variants: ["light", "sample"] },
  { label: "Dark", variants: ["dark"] },
  { label: "Inverted", variants: ["outlook", "gmail"] },
  { label: "No images", variants: ["images-off"] },
  { label: "No styles", variants: ["no-styles"] },
  { label: "Text", variants: ["text"], apart: true, own: true },
  { label: "Inbox", variants: ["inbox"], own: true },
  { label: "Source", variants: ["source"], own: true },
  { label: "Web page", variants: ["web", "web-dark"] },
  { label: "Read aloud", variants: ["reading"], own: true },
  { label: "Outlook", variants: ["word"], apart: true, key: "o", title: "Outlook (Word engine), approximated", note: "Word engine, approximated" },
  { label: "Links", variants: ["links"], key: "l" },
  { label: "Changes", variants: ["changes"], key: "c" },
];

export const VARIANTS = {
  light: "As sent",
  sample: "Sample values",
  outlook: "Outlook.com",
  gmail: "Gmail’s apps",
  web: "Light",
  "web-dark": "Dark",
};

/** Return the tab of a view; the first for an unknown one. */
export const tabOf = (view) => TABS.find((tab) => tab.variants.includes(view)) ?? TABS[0];

export const keyOf = (tab) => tab.key ?? String((TABS.indexOf(tab) + 1) % 10);

/** Return the name of a view outside its tab. */
export function nameOf(view) {
  const tab = tabOf(view);
  const name = tab.title ?? tab.label;
  return VARIANTS[view] && view !== "light" ? `${name}: ${VARIANTS[view]}` : name;
}
