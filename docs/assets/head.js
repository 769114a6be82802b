// What must happen before Material's own script, on a site that is served. A site opened from a
// folder needs none of it: there nothing is far away, and iframe-worker.js makes the search work.

// The fonts are asked for at once, or the first page would be shown without them.
(function () {
  if (location.protocol === "file:") return;
  for (const font of ["text", "text-italic", "text-semibold", "math"]) {
    const link = document.createElement("link");
    link.rel = "preload";
    link.as = "font";
    link.type = "font/woff2";
    link.crossOrigin = "anonymous";
    link.href = new URL(`fonts/stix-two-${font}.woff2`, document.currentScript.src).href;
    document.head.append(link);
  }
})();

// The search is loaded when a reader first wants it: its index weighs more than a chapter.
// Material asks for index and worker at once; here both requests wait.
(function () {
  if (location.protocol === "file:") return;

  const wanted = new Promise((resolve) => {
    const isSearch = (node) => node instanceof Element && node.closest("[data-md-component=search], [for=__search]");
    for (const event of ["focusin", "pointerdown", "pointerover"]) {
      document.addEventListener(event, (e) => isSearch(e.target) && resolve());
    }
    // keys that open the search, and an address that brings a query along
    document.addEventListener("keydown", (e) => ["f", "s", "/"].includes(e.key) && resolve());
    if (new URLSearchParams(location.search).has("q")) resolve();
  });

  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    this.isSearchIndex = String(url).endsWith("search/search_index.json");
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...body) {
    if (!this.isSearchIndex) return send.apply(this, body);
    wanted.then(() => send.apply(this, body));
  };

  const ImmediateWorker = window.Worker;
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.started = wanted.then(() => {
        const worker = new ImmediateWorker(url);
        worker.addEventListener("message", (e) => this.dispatchEvent(new MessageEvent("message", { data: e.data })));
        return worker;
      });
    }

    postMessage(message) {
      this.started.then((worker) => worker.postMessage(message));
    }
  };
})();
