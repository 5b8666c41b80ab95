/* SharedWorker: one event stream per browser, handed to every tab (browsers allow six connections
   per host, so a stream per tab would starve the seventh). Late tabs get the last of each topic. */
"use strict";
let ports = [], stream = null, address = null, last = {};

function tell(message) {
  ports = ports.filter((port) => { try { port.postMessage(message); return true; } catch (_) { return false; } });
}

function heard(event) {
  try {
    const told = JSON.parse(event.data);
    if (told.topic) { last[told.topic] = told; tell({ told: told }); return; }
  } catch (_) { /* a keep-alive carries no topic */ }
  tell({ alive: true });
}

function open(url) {
  if (stream && address === url && stream.readyState !== EventSource.CLOSED) return;
  if (stream) stream.close();
  address = url;
  stream = new EventSource(url, { withCredentials: true });
  stream.onopen = () => tell({ opened: true });
  stream.onmessage = heard;
  stream.addEventListener("ping", () => tell({ alive: true }));
  stream.onerror = () => tell({ lost: stream.readyState === EventSource.CLOSED });
}

onconnect = (event) => {
  const port = event.ports[0];
  ports.push(port);
  port.onmessage = (message) => {
    if (message.data.open) {
      open(message.data.open);
      Object.values(last).forEach((told) => port.postMessage({ told: told }));
    }
    if (message.data.reopen && address) { const url = address; if (stream) stream.close(); stream = null; open(url); }
    if (message.data.close) ports = ports.filter((one) => one !== port);
    // Nobody listens: whoever comes next opens it anew.
    if (!ports.length && stream) { stream.close(); stream = null; last = {}; }
  };
  port.start();
};
