// Fixes: the change that `newsletter check --fix` would make, shown and then applied.

import { say } from "/static/announce.js";
import { draw } from "/static/page.js";

/** Return the actions on the fix of a problem, by the names in notes.js. */
export function fixes(now, request, issueAddress) {
  async function showFix(key) {
    const fix = await request(issueAddress(`/fixes/${key}`));
    now.fix = { key, ...(fix ?? { error: "This fix no longer applies." }) };
    draw(now);
  }

  /** Apply the fix that is shown; the server refuses if the file has changed since. */
  async function applyFix(key) {
    const response = await fetch(issueAddress(`/fixes/${key}`), {
      method: "POST",
      headers: { "content-type": "application/json", "x-newsletter-token": now.listing.token },
      body: JSON.stringify({ digest: now.fix?.digest }),
    }).catch(() => null);
    if (response?.ok) {
      now.fix = now.problem = null;
      say("Fix applied.");
    } else {
      const reply = await response?.json().catch(() => null);
      now.fix = { key, error: reply?.error ?? "The fix could not be applied. Reload the page and try again." };
    }
    draw(now);
  }

  return { showFix, applyFix };
}
