// needs progress
// <self-test>: lets readers choose among the answers of the questions before it, and says what is right.
// Without scripts the answers stand folded below.
"use strict";

customElements.define("self-test", class extends HTMLElement {
  connectedCallback() {
    if (this.told) return;
    const around = this.closest(".questions");
    const answers = around.nextElementSibling; // the folded ones
    const because = [...answers.querySelectorAll(":scope > ol > li")];
    const questions = [...around.querySelectorAll(":scope > ol > li")];
    this.several = questions.length > 1;
    const kept = this.several ? progress.of() : []; // a single question is asked for its own sake
    this.told = questions.map((_, i) => kept[i] ?? null);
    this.score = document.createElement("output");
    this.append(this.score);
    answers.remove();
    questions.forEach((question, number) => this.offer(question, number, because[number]));
    this.tell();
  }

  offer(question, number, because) {
    const list = question.querySelector("ul");
    const choices = [...list.children];
    const verdict = document.createElement("div");
    verdict.className = "verdict";
    verdict.setAttribute("role", "status");
    question.append(verdict);
    list.setAttribute("role", "radiogroup");
    list.setAttribute("aria-label", `Answers to question ${number + 1}`);
    choices.forEach((choice) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      const words = document.createElement("span");
      words.append(...choice.childNodes);
      input.type = "radio";
      input.setAttribute("aria-label", words.textContent); // a formula alone would give no name
      input.name = `question-${[...document.querySelectorAll("self-test")].indexOf(this)}-${number}`;
      label.append(input, words);
      choice.append(label);
      choice.setAttribute("role", "none");
      input.addEventListener("change", () => {
        const right = choice.classList.contains("right");
        verdict.replaceChildren(right ? "Right: " : "No. Try again, or read why: ");
        verdict.classList.toggle("is-right", right);
        const why = document.createElement("details");
        why.append(document.createElement("summary"), ...because.cloneNode(true).childNodes);
        why.firstChild.textContent = "the answer";
        why.open = right;
        verdict.append(why);
        this.told[number] ??= right; // the first choice counts
        if (this.several) progress.keep(this.told);
        this.tell();
      });
    });
  }

  /** Say how many are right once all are answered, and let a figure show it. */
  tell() {
    if (this.told.includes(null)) return;
    const right = this.told.filter(Boolean).length;
    if (this.several) this.score.textContent = `${right} of ${this.told.length} right at the first try.`;
    const [name, values] = this.dataset.then.split("?");
    const figure = name && document.getElementById(`figure-${name}`).parentElement;
    figure?.set(Object.fromEntries(new URLSearchParams(values)));
    figure?.changed();
  }
});
