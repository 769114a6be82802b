// What must happen before Material's own script.

// A server is asked for the fonts at once, or a first page would be shown without them.
// From a folder they may not be preloaded, so there they are added by hand.
(function () {
  const fonts = {
    "text": {},
    "text-italic": { style: "italic" },
    "text-semibold": { weight: "600 700" },
    "math": {},
  };
  for (const [name, traits] of Object.entries(fonts)) {
    const address = new URL(`fonts/stix-two-${name}.woff2`, document.currentScript.src).href;
    if (location.protocol === "file:") {
      const family = name === "math" ? "STIX Two Math" : "STIX Two Text";
      const font = new FontFace(family, `url("${address}")`, { ...traits, display: "swap" });
      document.fonts.add(font);
    } else {
      const link = document.createElement("link");
      Object.assign(link, { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "anonymous", href: address });
      document.head.append(link);
    }
  }
})();

// The search is loaded when a reader first wants it: its index weighs more than a chapter.
// Material asks for index and worker at once; here both requests wait. In a folder nothing is
// far away, and iframe-worker.js has taken the worker's place.
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
