// What a reader has answered is kept in this browser alone: for each question of a page the answer chosen last,
// and whether the first was right. The menu shows how many were, beside the page, and can forget it.
// Pages load this once there is something to show.
"use strict";

globalThis.progress ??= (() => {
  const KEY = "answers";
  const root = new URL(JSON.parse(document.getElementById("__config").textContent).base + "/", location.href).href;
  const page = (address) => new URL(address, location.href).href.replace(root, "").replace(/[?#].*/, "") || "index.html";

  function read() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      return {}; // a browser may allow no storage, or hold what is not ours
    }
  }

  function write(answers) {
    try {
      localStorage.setItem(KEY, JSON.stringify(answers));
    } catch { /* then nothing is kept */ }
    show();
  }

  function forget() {
    write({});
    document.dispatchEvent(new Event("forgotten"));
  }

  /** The result of a test, or how far it is while that is unknown. */
  function result(told) {
    const answered = told.filter(Boolean);
    if (answered.length < told.length) return `${answered.length} answered`;
    return `${answered.filter(({ first }) => first).length} of ${told.length}`;
  }

  function show() {
    const answers = read();
    document.querySelectorAll(".answered, .forget").forEach((old) => old.remove());
    const menu = document.querySelector(".md-nav--primary > .md-nav__list");
    for (const link of menu.querySelectorAll("a.md-nav__link[href]")) {
      const told = link.closest(".md-nav--secondary") ? null : answers[page(link.getAttribute("href"))];
      if (!told?.some(Boolean)) continue;
      // on a phone, what opens the page's contents takes the place of its link
      const inDrawer = link.parentElement.querySelector(":scope > label.md-nav__link[for=__toc]");
      for (const place of [link, inDrawer].filter(Boolean)) {
        const note = document.createElement("span");
        note.className = "answered";
        note.textContent = result(told);
        note.title = told.every(Boolean)
          ? "questions of this page that you answered rightly at the first try"
          : "questions of this page that you have answered so far";
        place.querySelector(".md-ellipsis").after(note);
      }
    }
    if (!Object.keys(answers).length) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Forget my answers";
    button.addEventListener("click", forget);
    const item = document.createElement("li");
    item.className = "md-nav__item forget";
    item.append(button);
    menu.append(item);
  }

  show();
  return {
    of: () => read()[page(location.href)] ?? [],
    keep(told) {
      const { [page(location.href)]: _, ...others } = read();
      write(told.some(Boolean) ? { ...others, [page(location.href)]: told } : others);
    },
  };
})();
