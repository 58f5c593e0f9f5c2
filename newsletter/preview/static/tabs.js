// The ways to look at an issue, in the order people meet them; the keys 1 to 9 and 0 follow it.

// `variants` are views of the server's that share a tab. What has a `key` of its own has no digit.
export const TABS = [
  { label: "Light", variants: ["light"] },
  { label: "Dark", variants: ["dark"] },
  { label: "Inverted", variants: ["outlook", "gmail"] },
  { label: "No pictures", variants: ["images-off"] },
  { label: "No styles", variants: ["no-styles"] },
  { label: "Text", variants: ["text"], apart: true, own: true },
  { label: "Inbox", variants: ["inbox"], own: true },
  { label: "Source", variants: ["source"], own: true },
  { label: "Web page", variants: ["web", "web-dark"] },
  { label: "Read aloud", variants: ["reading"], own: true },
  { label: "Changes", variants: ["changes"], apart: true, key: "c" },
];

export const VARIANTS = { outlook: "Outlook.com", gmail: "Gmail’s apps", web: "Light", "web-dark": "Dark" };

/** Return the tab a view stands in; the first for one nobody knows. */
export const tabOf = (view) => TABS.find((tab) => tab.variants.includes(view)) ?? TABS[0];

export const keyOf = (tab) => tab.key ?? String((TABS.indexOf(tab) + 1) % 10);

/** Return what a view is called where it stands alone. */
export function nameOf(view) {
  const tab = tabOf(view);
  return VARIANTS[view] ? `${tab.label}: ${VARIANTS[view]}` : tab.label;
}
