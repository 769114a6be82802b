// The search is loaded when a reader first wants it: its index weighs more than a chapter.
// Material asks for index and worker at once; here both requests wait. Opened from a folder,
// a site asks nobody for anything, and iframe-worker.js has taken the worker's place.
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
