// Boxes that scroll sideways, wide formulas, tables and code, can be reached by keyboard.
// A box that fits is left alone, so that nobody tabs through what needs no scrolling.
(function () {
  const BOXES = ".wide, .picture, .ledger dt, .md-typeset__scrollwrap, .md-typeset table:not([class]), .md-typeset pre > code";

  function name(box) {
    if (box.matches(".wide")) return "Wide formula";
    if (box.matches("code")) return "Code";
    return box.matches(".picture, dt") ? "" : "Wide table";
  }

  function update(box) {
    const scrolls = box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible";
    if (!scrolls) {
      if (box.dataset.scrolls) {
        for (const attribute of ["tabindex", ...(name(box) ? ["role", "aria-label"] : [])]) {
          box.removeAttribute(attribute);
        }
        delete box.dataset.scrolls;
      }
      return;
    }
    box.dataset.scrolls = "sideways";
    box.tabIndex = 0;
    // a figure has its name already, and a table must stay a table
    if (name(box) && !box.matches("table")) {
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", name(box) + ", scrolls sideways");
    }
  }

  const observer = new ResizeObserver((entries) => entries.forEach((entry) => update(entry.target)));

  // Material makes landmarks without a name of copy buttons and of the tags of what is found, and such dialogs of notes on sources.
  function demote() {
    document.querySelectorAll("nav:is(.md-code__nav, .md-tags):not([role])").forEach((nav) => nav.setAttribute("role", "none"));
    document.querySelectorAll(".md-tooltip2[role=dialog]:not([aria-label])").forEach((note) => note.setAttribute("aria-label", "Source"));
  }

  function watch() {
    document.querySelectorAll(BOXES).forEach((box) => observer.observe(box));
  }

  new MutationObserver(demote).observe(document.documentElement, { childList: true, subtree: true });
  // Material wraps the tables once the page is there
  window.addEventListener("load", () => setTimeout(watch, 0));
})();
