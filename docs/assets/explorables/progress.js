// What a reader has answered is kept in this browser alone: how many questions of each page were right.
// The menu shows it beside the page, and can forget it. Pages load this once there is something to show.
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

  function show() {
    const answers = read();
    document.querySelectorAll(".answered, .forget").forEach((old) => old.remove());
    const menu = document.querySelector(".md-nav--primary > .md-nav__list");
    for (const link of menu.querySelectorAll("a.md-nav__link[href]")) {
      const told = link.closest(".md-nav--secondary") ? null : answers[page(link.getAttribute("href"))];
      if (!told) continue;
      const note = document.createElement("span");
      note.className = "answered";
      note.textContent = `${told.filter(Boolean).length} of ${told.length}`;
      note.title = "questions of this page that you answered rightly";
      link.append(note);
    }
    if (!Object.keys(answers).length) return;
    const forget = document.createElement("button");
    forget.type = "button";
    forget.textContent = "Forget my answers";
    forget.addEventListener("click", () => write({}));
    const item = document.createElement("li");
    item.className = "md-nav__item forget";
    item.append(forget);
    menu.append(item);
  }

  show();
  return {
    of: () => read()[page(location.href)] ?? [],
    keep: (told) => write({ ...read(), [page(location.href)]: told }),
  };
})();
