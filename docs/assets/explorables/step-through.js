// <step-through>: both passes through the network on paper, and a step, one number after the other.
// All numbers are there, as torch found them; this script only reveals them and fills them into equations.
"use strict";

customElements.define("step-through", class extends book.Explorable {
  build() {
    const { steps, examples, places, ends } = this.numbers;
    this.choice("inputs", "Inputs", Object.keys(examples), "(1, 2)");
    this.choice("target", "target", ["1", "0"], "1");
    this.back = this.button("◂ Back", () => this.go(this.state.step - 1));
    this.next = this.button("Next ▸", () => this.go(this.state.step + 1));
    this.slider("step", "step", { min: 0, max: steps.length, step: 1, value: 10, digits: 0, unit: ` of ${steps.length}` });
    this.together(...Object.entries(ends).map(([part, end]) => this.button(part, () => this.go(end))));
    this.together(this.back, this.next);
    this.rules = Object.assign(document.createElement("div"), { className: "rules no-print" });
    this.chips = new Map([...new Set(steps.map(([rule]) => rule))].map((rule) => {
      const chip = document.createElement("span");
      chip.innerHTML = rule.split(" ").map((part) => this.sign(part)).join(" ");
      return [rule, this.rules.appendChild(chip)];
    }));
    this.form.after(this.rules);
    this.svg.querySelectorAll("text").forEach((text) => text.classList.add("hidden"));
    const papers = this.parts("paper");
    this.papers = this.draw("g", { fill: "var(--figure-paper)" });
    papers[0].before(this.papers); // below the boxes
    papers.forEach((paper) => paper.classList.add("hidden")); // each number brings its own
    const [sheet] = this.frames;
    this.spots = {};
    for (const [sign, [x, y, rise]] of Object.entries(places)) {
      this.spots[sign] = this.spot(sheet.x(x), sheet.y(y + rise));
      this.spots[`d${sign}`] = this.spot(sheet.x(x), sheet.y(y - rise), "var(--figure-orange)");
    }
    this.made = steps.map(([, equation]) => equation.split(" ")[0]);
  }

  /** A place for a number: paper on the lines below, a frame that can be lit, and the text in it. */
  spot(x, y, fill = "currentColor") {
    const paper = this.draw("rect", { x: x - 30.24, y: y - 10.2, width: 60.48, height: 20.4 }, this.papers);
    const frame = this.draw("rect", { y: y - 8.4, height: 16, rx: 3, "fill-opacity": 0.15 });
    const text = this.draw("text", { x, y: y + 4.4, fill, "text-anchor": "middle" });
    return { paper, frame, text };
  }

  go(step) {
    this.set({ step });
    this.changed();
  }

  /** A sign of an equation as HTML: a letter in italics, and what hangs below it. */
  sign(sign, italic = (letters) => `<i>${letters}</i>`, below = (index) => `<sub>${index}</sub>`) {
    const found = /^(d?)([a-zℒ]|ŷ|\\hat\{y\})(?:_\{?(\d+)\}?)?('?)$/u.exec(sign);
    if (!found) return sign;
    const [, d, letter, index, prime] = found;
    return italic(d + letter.replace("\\hat{y}", "ŷ")) + (index ? below(index) : prime && "\u200a") + (prime && "′");
  }

  update() {
    const { inputs, target, step } = this.state;
    const numbers = this.numbers.examples[inputs][target];
    const shown = Object.fromEntries(Object.keys(numbers).filter((sign) => !this.made.includes(sign)).map((s) => [s, s]));
    for (const sign of this.made.slice(0, step)) shown[sign.replace("'", "")] = sign;
    if (step > this.numbers.ends.Update) { // the old gradients are none of the new values
      for (const sign of Object.keys(shown)) if (sign.startsWith("d")) delete shown[sign];
    }
    const [last, , ...used] = step ? this.numbers.steps[step - 1][1].split(" ") : [];
    for (const [sign, spot] of Object.entries(this.spots)) {
      const here = shown[sign], { paper, frame, text } = spot;
      const is = (one) => here && here === one;
      const now = [here, numbers[here], is(last), used.includes(here)].join();
      if (spot.now === now) continue; // most spots stay as they are
      spot.now = now;
      const size = here?.endsWith("'") ? 11.5 : is(last) ? 12.5 : 13; // so that each has room beside the next
      this.alter(text, { "font-weight": is(last) ? "bold" : "normal", "font-size": size });
      text.innerHTML = here ? this.label(here) + numbers[here] : "";
      const lit = is(last) ? "var(--figure-blue)" : used.some((one) => is(one)) ? "currentColor" : "none";
      paper.classList.toggle("hidden", !here && sign.startsWith("d"));
      const { x, width } = text.getBBox();
      this.alter(frame, { x: x - 3, width: width + 6, fill: lit, stroke: lit, "stroke-dasharray": is(last) ? "none" : "3 2" });
    }
    this.back.disabled = step === 0;
    this.next.disabled = step === this.made.length;
    const rule = step && this.numbers.steps[step - 1][0];
    for (const [name, chip] of this.chips) chip.classList.toggle("lit", name === rule);
  }

  /** What is left of a number in the drawing: gradients have no sign there. */
  label(sign) {
    if (sign.startsWith("d")) return "";
    const italic = (letters) => `<tspan font-family="${book.SIGNS}" font-style="italic">${letters}</tspan>`;
    const below = (index) => `<tspan font-size="9" dy="2">${index}</tspan><tspan dy="-2">&#8203;</tspan>`;
    return `${this.sign(sign, italic, below)}${/[xy]/.test(sign[0]) ? " = " : " "}`;
  }

  /** The equation of the last step: its signs, and the same with its numbers. */
  equation(as = (sign) => this.sign(sign)) {
    const { inputs, target, step } = this.state;
    if (!step) return "The inputs, the target, the weights and the biases are given. Which number can be found first?";
    const numbers = this.numbers.examples[inputs][target];
    const [made, equals, ...parts] = this.numbers.steps[step - 1][1].split(" ");
    const fill = (sign, i) => {
      const number = numbers[sign] ?? sign;
      const alone = parts[i - 1] === "(" && parts[i + 1] === ")";
      return i && !alone && number.startsWith("−") && number.length > 1 ? `(${number})` : number;
    };
    const signs = [made, equals, ...parts].map(as).join(" ");
    const filled = parts.map(fill).join(" ");
    const tidy = (text) => text.replaceAll("( ", "(").replaceAll(" )", ")").replace(/(^|[=(] ?)− /g, "$1−");
    if (filled === "1") return signs; // the loss changes exactly as fast as itself
    const before = made === "ℒ'" ? `; before the update it was ${numbers["ℒ"]}` : "";
    return tidy([signs, ...new Set([filled, numbers[made]])].join(" = ")) + before;
  }

  tell() { return `Step ${this.state.step}: ${this.equation((sign) => this.sign(sign, (letters) => letters, (index) => index))}`; }

  show() {
    super.show();
    this.readout.innerHTML = this.equation();
  }
});
