// needs progress
// <self-test>: lets readers choose among the answers of the questions before it, and says what is right.
// Without scripts the answers stand folded below.
"use strict";

customElements.define("self-test", class extends HTMLElement {
  connectedCallback() {
    if (this.questions) return;
    const around = this.closest(".questions");
    const answers = around.nextElementSibling; // the folded ones
    const because = [...answers.querySelectorAll(":scope > ol > li")];
    const list = [...around.querySelectorAll(":scope > ol > li")];
    this.several = list.length > 1;
    this.score = document.createElement("output");
    this.append(this.score);
    answers.classList.add("only-print"); // on paper nothing can be chosen
    this.questions = list.map((question, number) => this.offer(question, number, because[number]));
    const kept = this.several ? progress.of() : []; // a single question is asked for its own sake
    this.told = list.map((_, i) => this.questions[i].inputs[kept[i]?.chosen] ? kept[i] : null);
    this.told.forEach((one, i) => one && this.questions[i].judge(one.chosen));
    this.tell();
    document.addEventListener("forgotten", () => this.forget());
  }

  /** Let one of a question's answers be chosen, and then be checked: keys can go over others to theirs. */
  offer(question, number, because) {
    const list = question.querySelector("ul");
    const choices = [...list.children];
    const verdict = document.createElement("div");
    verdict.className = "verdict";
    verdict.setAttribute("role", "status");
    const check = Object.assign(document.createElement("button"), { type: "button", textContent: "Check", disabled: true });
    check.setAttribute("aria-label", `Check the answer to question ${number + 1}`);
    question.append(check, verdict);
    list.setAttribute("role", "radiogroup");
    list.setAttribute("aria-label", `Answers to question ${number + 1}`);
    const inputs = choices.map((choice) => {
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
      return input;
    });
    const right = choices.findIndex((choice) => choice.classList.contains("right"));
    const clear = () => {
      verdict.replaceChildren();
      check.disabled = !inputs.some((input) => input.checked);
    };
    const judge = (chosen) => {
      inputs[chosen].checked = true;
      clear();
      verdict.append(chosen === right ? "Right: " : "No. Try again, or read why: ");
      verdict.classList.toggle("is-right", chosen === right);
      const why = document.createElement("details");
      why.append(document.createElement("summary"), ...because.cloneNode(true).childNodes);
      why.firstChild.textContent = "the answer";
      why.open = chosen === right;
      verdict.append(why);
    };
    const answer = () => {
      const chosen = inputs.findIndex((input) => input.checked);
      if (chosen < 0) return;
      judge(chosen);
      this.told[number] = { first: this.told[number]?.first ?? chosen === right, chosen }; // the first try counts
      if (this.several) progress.keep(this.told);
      this.tell();
      this.demonstrate();
    };
    list.addEventListener("change", clear);
    list.addEventListener("keydown", ({ key }) => key === "Enter" && answer());
    check.addEventListener("click", answer);
    return { inputs, judge, clear };
  }

  /** Say how many were right once all are answered. */
  tell() {
    this.score.replaceChildren();
    if (!this.several || this.told.includes(null)) return;
    const right = this.told.filter(({ first }) => first).length;
    const again = Object.assign(document.createElement("button"), { type: "button", textContent: "Try all again" });
    again.addEventListener("click", () => {
      this.forget();
      progress.keep(this.told);
      this.questions[0].inputs[0].focus();
    });
    this.score.append(`${right} of ${this.told.length} right at the first try. `, again);
  }

  forget() {
    this.told.fill(null);
    for (const { inputs, clear } of this.questions) {
      inputs.forEach((input) => { input.checked = false; });
      clear();
    }
    this.tell();
  }

  /** Let a figure show what was asked, and say so, since it may be out of sight. */
  demonstrate() {
    const [name, values] = this.dataset.then.split("?");
    if (!name || this.told.includes(null)) return;
    const figure = document.getElementById(`figure-${name}`), explorable = figure.parentElement;
    const set = Object.fromEntries(new URLSearchParams(values));
    explorable.set(set);
    explorable.changed();
    const link = Object.assign(document.createElement("a"), { href: `#${figure.id}` });
    link.textContent = figure.querySelector(".figure-number").textContent.replace(/\W+$/, "");
    const words = Object.entries(set).map(([key, value]) => isNaN(value) ? value : `${key} = ${value.replace("-", "−")}`);
    this.score.replaceChildren(link, ` now shows ${words.join(", ")}.`);
  }
});
