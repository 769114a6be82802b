// <sum-of-bends>: units that bend at one point each, what they add up to, and how far that is from the curve.
"use strict";

(() => {
  const [LEFT, RIGHT] = [-3, 3];
  const XS = Array.from({ length: 601 }, (_, i) => (i - 300) / 100);
  const curve = (x) => Math.sin(2 * x) + x / 2;

  /** The weighted units and the bias. ends: what each is at the right end. change: of the weight of one unit. */
  function hinges(ends, unit, change) {
    const units = ends.length - 1;
    return ends.map((end, i) => {
      if (i === units) return { height: () => end };
      const bend = LEFT + (RIGHT - LEFT) * i / units;
      const fitted = end / (RIGHT - bend);
      const weight = fitted + (i === unit ? change : 0);
      return { bend, fitted, weight, height: (x) => weight * Math.max(0, x - bend) };
    });
  }

  const sum = (rows, x) => rows.reduce((total, { height }) => total + height(x), 0);

  /** How far the sum is from the curve: where it is worst, and the mean of the squares. */
  function errors(rows) {
    const apart = XS.map((x) => sum(rows, x) - curve(x));
    const squares = apart.reduce((total, error) => total + error ** 2, 0);
    return { largest: Math.max(...apart.map(Math.abs)), mean: squares / XS.length };
  }
  book.bends = { hinges, sum, errors };

  customElements.define("sum-of-bends", class extends book.Explorable {
    build() {
      const [left, right] = this.frames;
      this.slider("units", "Units", { min: 1, max: this.numbers.ends.length, step: 1, value: 5, digits: 0 });
      this.unit = this.slider("unit", "Unit", { min: 1, max: 5, step: 1, value: 3, digits: 0 });
      this.slider("change", "add to its weight", { min: -0.5, max: 0.5, step: 0.01, value: 0 });
      for (const name of ["units", "unit"]) { // the change is one unit's
        this.form.elements[name].addEventListener("input", () => this.set({ change: 0 }));
      }
      this.parts("drawn").forEach((part) => part.classList.add("hidden"));
      const line = (parent, more) => this.draw("path", { fill: "none", stroke: "var(--figure-blue)", ...more }, parent);
      const [hinges, total] = [this.inside(left), this.inside(right)];
      this.bias = line(hinges, { stroke: "currentColor", "stroke-dasharray": "6 3" });
      this.called = this.draw("text", { x: left.x(LEFT + 0.1), "font-size": 13 }, hinges);
      this.called.textContent = "bias";
      this.hinges = line(hinges, { "stroke-width": 1.4 });
      this.one = line(hinges, { stroke: "var(--figure-orange)", "stroke-width": 2.6 });
      this.total = line(total, { "stroke-width": 1.8 });
      this.dots = [hinges, total].map((panel) => this.numbers.ends.map(() => this.draw("circle", {}, panel)));
      const { left: x, top: y, width, height } = left;
      this.drag(this.draw("rect", { x, y, width, height, fill: "transparent" }), left, (x, y) => this.pull(x, y));
    }

    set(values) {
      if ("units" in values) this.unit.max = values.units;
      super.set(values);
    }

    get rows() {
      const { units, unit, change } = this.state;
      return hinges(this.numbers.ends[units - 1], unit - 1, change);
    }

    /** Let the one unit go through a point. */
    pull(x, y) {
      const { bend, fitted } = this.rows[this.state.unit - 1];
      if (x > bend + 0.1) this.set({ change: y / (x - bend) - fitted });
    }

    update() {
      this.unit.max = this.state.units;
      this.unit.shown();
      const { rows } = this;
      const { unit } = this.state;
      const [left, right] = this.frames;
      const ray = ({ bend, height }) => left.line([[bend, 0], [RIGHT, height(RIGHT)]]);
      const units = rows.slice(0, -1);
      this.alter(this.hinges, { d: units.filter((_, i) => i !== unit - 1).map(ray).join("") });
      this.alter(this.one, { d: ray(units[unit - 1]) });
      const { height } = rows.at(-1);
      this.alter(this.bias, { d: left.line([[LEFT, height()], [RIGHT, height()]]) });
      this.alter(this.called, { y: left.y(height()) + 16 });
      this.alter(this.total, { d: right.line([...units.map(({ bend }) => bend), RIGHT].map((x) => [x, sum(rows, x)])) });
      this.dots.forEach((dots, panel) => dots.forEach((dot, i) => {
        dot.classList.toggle("hidden", !units[i]);
        if (!units[i]) return;
        const x = units[i].bend;
        const frame = this.frames[panel];
        const y = panel ? sum(rows, x) : 0;
        const [fill, r] = i === unit - 1 ? ["var(--figure-orange)", 4.5] : ["var(--figure-blue)", 2.6];
        this.alter(dot, { cx: frame.x(x), cy: frame.y(y), r, fill });
      }));
    }

    tell() {
      const { units, unit, change } = this.state;
      const { say } = book;
      const { bend, fitted, weight } = this.rows[unit - 1];
      const { largest, mean } = errors(this.rows);
      const changed = change ? ` instead of ${say(fitted)}` : "";
      return `${units} unit${units > 1 ? "s" : ""}: the largest error is ${say(largest)}, the mean of the squared errors ${say(mean, 4)}. `
        + `Unit ${unit} bends at x = ${say(bend)} and has the weight ${say(weight)}${changed}.`;
    }
  });
})();
