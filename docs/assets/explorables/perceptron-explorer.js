// needs plane
// <perceptron-explorer>: how a perceptron learns, point by point, or from one mistake to the next.
"use strict";

(() => {
  /** Rosenblatt's rule until a pass is clean, as the page's train_perceptron has it; each step with what it did. */
  function trainPerceptron(x, y, passes) {
    let w = [0, 0], b = 0;
    const mistakes = [], steps = [];
    while (mistakes.length < passes && !mistakes.includes(0)) {
      mistakes.push(0);
      y.forEach((target, i) => {
        const example = [x[0][i], x[1][i]];
        const z = w[0] * example[0] + w[1] * example[1] + b;
        const error = target - Number(z >= 0);
        const before = { w, b };
        [w, b] = [w.map((one, k) => one + error * example[k]), b + error];
        mistakes[mistakes.length - 1] += Number(error !== 0);
        steps.push({ pass: mistakes.length, i, example, target, z, error, before, after: { w, b } });
      });
    }
    return { w, b, mistakes, steps };
  }
  book.trainPerceptron = trainPerceptron;

  customElements.define("perceptron-explorer", class extends book.Explorable {
    build() {
      const { x, y } = this.numbers;
      this.steps = trainPerceptron(x, y, 100).steps;
      const last = this.steps.length;
      this.slider("shown", "examples shown", { min: 0, max: last, step: 1, value: last, digits: 0 });
      this.first = this.button("From the start", () => this.go(0));
      this.next = [
        this.button("Next point", () => this.go(this.state.shown + 1)),
        this.button("Next mistake", () => this.go(this.mistake(this.state.shown))),
      ];
      this.together(this.first, ...this.next);
      this.parts("drawn").forEach((part) => part.classList.add("hidden"));

      const inside = this.inside(this.frames[0]);
      const line = (more) => this.draw("path", { fill: "none", stroke: "currentColor", "stroke-width": 1.4, ...more }, inside);
      this.side = line({ fill: "var(--figure-orange)", opacity: 0.2, stroke: "none" });
      this.svg.prepend(inside); // below the points
      const over = this.draw("g", { "clip-path": inside.getAttribute("clip-path") });
      this.line = line();
      this.w = over.appendChild(line({ fill: "currentColor" }));
      this.before = {
        line: line({ "stroke-dasharray": "5 4" }),
        w: over.appendChild(line({ fill: "currentColor", opacity: 0.4 })),
      };
      this.correction = over.appendChild(line({ stroke: "var(--figure-green)", fill: "var(--figure-green)", "stroke-width": 2 }));
      this.crosses = this.draw("path", { stroke: "currentColor", "stroke-width": 1.6 });
      const word = (fill, more) => this.draw("text", { fill, "font-size": 13, class: "halo", "font-family": book.SIGNS, ...more });
      this.called = word("currentColor");
      this.called.textContent = "𝑤";
      this.added = word("var(--figure-green)");
      this.legend = this.explain(this.frames[0]);
      this.ring = this.draw("circle", { r: 9, fill: "none", stroke: "var(--figure-green)", "stroke-width": 2.4 });
    }

    /** What the lines and arrows of a correction are, below the legend of the page's drawing. */
    explain({ left, top, width, height }) {
      const x = left + width + 18, y = top + height - 50;
      const legend = this.draw("g", {});
      const rows = [
        ["h28", "5 4", "before"],
        ["h28", "none", "after"],
        ["m9 -5l10 10m-10 0l10 -10", "none", "wrong now"],
      ];
      rows.forEach(([way, dashes, words], row) => {
        const sign = { d: `M${x} ${y + 20 * row}${way}`, stroke: "currentColor", "stroke-width": 1.5, "stroke-dasharray": dashes };
        this.draw("path", sign, legend);
        this.draw("text", { x: x + 38, y: y + 20 * row + 4, "font-size": 13 }, legend).textContent = words;
      });
      return legend;
    }

    go(shown) {
      this.set({ shown });
      this.changed();
      if (this.next.includes(document.activeElement) && !this.step) this.first.focus(); // they are disabled now
    }

    /** Which points a unit is wrong about. */
    wrong({ w, b }) {
      const { x, y } = this.numbers;
      return y.flatMap((target, i) => target === Number(w[0] * x[0][i] + w[1] * x[1][i] + b >= 0) ? [] : [i]);
    }

    /** The unit as it is after the examples shown. */
    get unit() {
      const { shown } = this.state;
      return shown ? this.steps[shown - 1].after : this.steps[0].before;
    }

    /** How many points are shown when the next mistake has just been made, or all. */
    mistake(shown) {
      const found = this.steps.findIndex(({ error }, i) => i >= shown && error !== 0);
      return found < 0 ? this.steps.length : found + 1;
    }

    /** The step that was just made; none before the first and after all. */
    get step() {
      const { shown } = this.state;
      return shown === this.steps.length ? undefined : this.steps[shown - 1];
    }

    update() {
      const { step } = this;
      const { shown } = this.state;
      const [frame] = this.frames;
      const { w, b } = this.unit;
      this.next.forEach((button) => { button.disabled = shown === this.steps.length; });
      const [across, up] = this.numbers.x;
      const cross = (i) => `M${frame.x(across[i]) - 5} ${frame.y(up[i]) - 5}l10 10m-10 0l10 -10`;
      this.alter(this.crosses, { d: this.wrong({ w, b }).map(cross).join("") });
      const half = ({ w, b }) => book.half(frame, (x) => w[0] * x[0] + w[1] * x[1] + b);
      const { side, line } = half({ w, b });
      this.alter(this.side, { d: frame.line(side) });
      this.alter(this.line, { d: frame.line(line) });
      this.alter(this.w, { d: book.arrow(frame, [0, 0], w) });
      const length = Math.hypot(...w), beyond = w.map((one) => 12 * one / (length || 1)); // clear of the other arrows
      this.alter(this.called, { x: frame.x(w[0]) + beyond[0], y: frame.y(w[1]) - beyond[1] + 4, "text-anchor": "middle" });
      this.called.classList.toggle("hidden", !length);
      this.legend.classList.toggle("hidden", !step?.error);
      this.ring.classList.toggle("hidden", !step);
      if (step) this.alter(this.ring, { cx: frame.x(step.example[0]), cy: frame.y(step.example[1]) });
      const corrected = step?.error ? step.before : undefined;
      this.alter(this.before.line, { d: corrected ? frame.line(half(corrected).line) : "" });
      this.alter(this.before.w, { d: corrected ? book.arrow(frame, [0, 0], corrected.w) : "" });
      this.alter(this.correction, { d: corrected ? book.arrow(frame, corrected.w, w) : "" });
      this.added.textContent = corrected ? step.error > 0 ? "+ 𝑥" : "− 𝑥" : "";
      if (corrected) {
        const [x, y] = w.map((one, i) => (one + corrected.w[i]) / 2);
        this.alter(this.added, { x: frame.x(x) + 5, y: frame.y(y) - 5 });
      }
    }

    tell() {
      const { shown } = this.state;
      const { say } = book;
      const mistakes = this.steps.slice(0, shown).filter(({ error }) => error).length;
      const pair = (numbers) => `(${numbers.map((one) => say(one)).join(", ")})`;
      const { step } = this;
      const now = `Now ${this.wrong(this.unit).length} of ${this.numbers.y.length} points are wrong`;
      if (!shown) return `No point shown yet: w = (0, 0) and b = 0, so z = 0 everywhere, and the unit fires. ${now}.`;
      if (!step) {
        const { pass, after } = this.steps[shown - 1];
        return `Pass ${pass} brought no mistake: w = ${pair(after.w)}, b = ${say(after.b, 0)}. Mistakes: ${mistakes}.`;
      }
      const { pass, i, z, target, error, example, before, after } = step;
      const does = z >= 0 ? "fires" : "is silent";
      const seen = `Pass ${pass}, point ${i + 1}`;
      if (!error) {
        return `${seen}: z = ${say(z)}, it ${does}; target ${target}: right, nothing changes. ${now}. Mistakes so far: ${mistakes}.`;
      }
      const sign = error > 0 ? "+" : "−";
      return `${seen}: before, z = ${say(z)}, it ${does}; target ${target}: a mistake. w = ${pair(before.w)} ${sign} ${pair(example)} = ${pair(after.w)}, `
        + `b = ${say(before.b, 0)} ${sign} 1 = ${say(after.b, 0)}. ${now}. Mistakes so far: ${mistakes}.`;
    }
  });
})();
