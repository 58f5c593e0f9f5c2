// What the server tells, as it happens. However many tabs are open, one of them listens and tells the others: a browser
// opens six connections to a server, and a seventh tab that listened for itself would never load anything.

const KINDS = ["hello", "issue", "findings", "removed", "list", "settings"];
const AGAIN = 1000; // milliseconds until the next try where the browser gave up

/**
 * Call `heard(kind, data)` for every event; also for `gone` when the server cannot be reached, and for `present`, which
 * a tab that listens answers to one that is new.
 */
export function listen(heard) {
  const channel = new BroadcastChannel("newsletter-studio");
  let link = null; // present or gone, as last heard; only the tab that listens has it to give

  const tell = (kind, data) => {
    heard(kind, data);
    channel.postMessage({ kind, data });
  };
  channel.onmessage = ({ data: { kind, data } }) => {
    if (kind !== "ask") heard(kind, data);
    else if (link) channel.postMessage(link);
  };
  channel.postMessage({ kind: "ask" });

  const open = () => {
    const source = new EventSource("/events");
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        const data = JSON.parse(event.data);
        if (kind === "hello") link = { kind: "present", data };
        tell(kind, data);
      });
    }
    source.addEventListener("error", () => {
      link = { kind: "gone", data: {} };
      tell("gone", {});
      if (source.readyState === EventSource.CLOSED) setTimeout(open, AGAIN);
    });
  };
  // Held for as long as this tab lives; then the next in line listens.
  navigator.locks.request("newsletter-studio", () => new Promise(open));
}
