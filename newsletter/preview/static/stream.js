// Events from the server. However many tabs are open, one of them listens and passes events to the others: a browser
// opens six connections to a server, and a seventh tab that listened for itself would never load anything.

const KINDS = ["hello", "issue", "findings", "removed", "list", "settings"];
const AGAIN = 1000; // milliseconds until the next attempt if the browser gave up

/**
 * Call `received(kind, data)` for every event; also for `offline` when the server cannot be reached, and for `present`,
 * which a listening tab answers to a new one.
 */
export function listen(received) {
  const channel = new BroadcastChannel("newsletter-studio");
  let connection = null; // present or offline, as last known; only the listening tab has it

  const pass = (kind, data) => {
    received(kind, data);
    channel.postMessage({ kind, data });
  };
  channel.onmessage = ({ data: { kind, data } }) => {
    if (kind !== "ask") received(kind, data);
    else if (connection) channel.postMessage(connection);
  };
  channel.postMessage({ kind: "ask" });

  const open = () => {
    const source = new EventSource("/events");
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        const data = JSON.parse(event.data);
        if (kind === "hello") connection = { kind: "present", data };
        pass(kind, data);
      });
    }
    source.addEventListener("error", () => {
      connection = { kind: "offline", data: {} };
      pass("offline", {});
      if (source.readyState === EventSource.CLOSED) setTimeout(open, AGAIN);
    });
  };
  // Held for as long as this tab lives; then the next in line listens.
  navigator.locks.request("newsletter-studio", () => new Promise(open));
}
