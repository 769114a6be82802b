// Shows what a term of the glossary means while the pointer or the keyboard's focus is on it.
// Escape takes it away; the pointer may move onto it; without this script the term is a link.
(function () {
  let shown = null; // the term that is explained at the moment
  let leaving = 0;

  const note = document.createElement("span");
  note.id = "term-definition";
  note.className = "term-definition";
  note.setAttribute("role", "tooltip");

  function show(term) {
    clearTimeout(leaving);
    if (term === shown) return;
    hide();
    shown = term;
    note.textContent = term.dataset.definition;
    term.setAttribute("aria-describedby", note.id);
    term.closest("article").append(note); // within the page's main part, as all that is read
    place(term);
  }

  function place(term) {
    const box = term.getClientRects()[0]; // the first line, where a term runs over two
    const margin = 8;
    const left = Math.max(margin, Math.min(box.left, document.documentElement.clientWidth - note.offsetWidth - margin));
    const below = box.bottom + 4;
    const fits = below + note.offsetHeight + margin <= innerHeight;
    note.style.left = `${left + scrollX}px`;
    note.style.top = `${(fits ? below : box.top - note.offsetHeight - 4) + scrollY}px`;
  }

  function hide() {
    clearTimeout(leaving);
    if (!shown) return;
    shown.removeAttribute("aria-describedby");
    note.remove();
    shown = null;
  }

  function termAt(event) {
    return event.target instanceof Element && event.target.closest("a.term");
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return; // a tap follows the link
    if (termAt(event)) show(termAt(event));
    else if (event.target === note) clearTimeout(leaving);
    else if (shown && shown !== document.activeElement) {
      clearTimeout(leaving);
      leaving = setTimeout(hide, 200); // time enough to reach the note
    }
  });
  document.addEventListener("focusin", (event) => (termAt(event) ? show(termAt(event)) : hide()));
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
})();
