// What must happen before Material's own script. It stands in the page, since a page would
// wait for a file; `assets` is the address of the site's assets/.

// From a folder the fonts may come too late for `font-display: optional`: there they are added by hand.
(function () {
  if (location.protocol !== "file:") return;
  const fonts = {
    "text": {},
    "text-italic": { style: "italic" },
    "text-semibold": { weight: "600 700" },
    "math": {},
  };
  for (const [name, traits] of Object.entries(fonts)) {
    const family = name === "math" ? "STIX Two Math" : "STIX Two Text";
    const address = new URL(`${assets}fonts/stix-two-${name}.woff2`, location).href;
    document.fonts.add(new FontFace(family, `url("${address}")`, { ...traits, display: "swap" }));
  }
  // a browser allows no worker there; this takes the worker's place
  document.write(`<script src="${assets}iframe-worker.js"><\/script>`);
})();

// The search is loaded when a reader first wants it: its index weighs more than a chapter.
// Material asks for index and worker at once; here both requests wait. In a folder nothing is
// far away.
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
