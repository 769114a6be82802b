// needs activations
// <layers-collapse>: a grid on its way through three layers, beside their product; with something that bends between them.
"use strict";

(() => {
  const NONE = "nothing";
  const GRID = Array.from({ length: 9 }, (_, i) => i / 2 - 2);
  const ALONG = Array.from({ length: 41 }, (_, i) => i / 10 - 2);
  const LINES = [
    ...GRID.map((place) => ALONG.map((along) => [place, along])),
    ...GRID.map((place) => ALONG.map((along) => [along, place])),
  ];

  const affine = ({ W, b }, x) => W.map((row, k) => row[0] * x[0] + row[1] * x[1] + b[k][0]);

  /** Where a point is after so many layers; within one it goes straight to z, and then on to g(z). */
  function carry(x, layers, name, way) {
    const g = book.activations[name]?.a;
    for (let l = 0; l < way; l++) {
      const share = Math.min(1, way - l);
      const bends = g && l < layers.length - 1;
      const turn = bends ? Math.min(1, 2 * share) : share;
      const bend = bends ? Math.max(0, 2 * share - 1) : 0;
      const z = affine(layers[l], x);
      x = x.map((from, k) => {
        const turned = from + turn * (z[k] - from);
        return bend ? turned + bend * (g(turned) - turned) : turned;
      });
    }
    return x;
  }
  book.carry = carry;

  customElements.define("layers-collapse", class extends book.Explorable {
    build() {
      const [deep, single] = this.frames;
      this.choice("between", "Between the layers", [NONE, "ReLU", "tanh", "sigmoid", "SiLU"], "ReLU");
      this.slider("layers", "Layers", { min: 0, max: 3, step: 0.05, value: 3 });
      this.parts("drawn").forEach((part) => part.classList.add("hidden"));
      const inside = this.inside(deep);
      this.lines = LINES.map((_, i) => {
        const stroke = `var(--figure-${i < GRID.length ? "blue" : "orange"})`;
        return this.draw("path", { fill: "none", stroke, "stroke-width": 1.2 }, inside);
      });
      const dot = { r: 5, fill: "var(--figure-paper)", stroke: "currentColor", "stroke-width": 1.6 };
      this.dots = [deep, single].map(() => this.draw("circle", dot));
      const { x, y } = this.place2d(single, affine(this.numbers.product, this.numbers.dot));
      this.alter(this.dots[1], { cx: x, cy: y });
    }

    place2d(frame, [x, y]) { return { x: frame.x(x), y: frame.y(y) }; }

    update() {
      const { between, layers: way } = this.state;
      const { layers, dot } = this.numbers;
      const [frame] = this.frames;
      LINES.forEach((line, i) => {
        this.alter(this.lines[i], { d: frame.line(line.map((x) => carry(x, layers, between, way))) });
      });
      const { x, y } = this.place2d(frame, carry(dot, layers, between, way));
      this.alter(this.dots[0], { cx: x, cy: y });
      const [title] = this.parts("title").map((part) => part.querySelector("text"));
      title.textContent = between === NONE ? "three layers" : `three layers with ${between}`;
    }

    tell() {
      const { between, layers: way } = this.state;
      const { layers, dot, product } = this.numbers;
      const pair = (place) => `(${place.map((one) => book.say(one)).join(", ")})`;
      return `After ${book.say(way)} layers with ${between} between them the dot, at ${pair(dot)} before, is at `
        + `${pair(carry(dot, layers, between, way))}; the product takes it to ${pair(affine(product, dot))}.`;
    }
  });
})();
