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

  /** What happens there: "in layer 2: ReLU", or "after layer 2". */
  function moment(name, way, count) {
    if (!way) return "before the first layer";
    if (Number.isInteger(way)) return `after ${way === 1 ? "1 layer" : `${way} layers`}`;
    const layer = Math.ceil(way);
    const turns = name === NONE || layer === count || way - layer + 1 <= 0.5;
    return `in layer ${layer}, ${turns ? "on the way to Wx + b" : `from Wx + b to ${name}`}`;
  }

  customElements.define("layers-collapse", class extends book.Explorable {
    build() {
      const [deep] = this.frames;
      this.choice("between", "Between the layers", [NONE, "ReLU", "tanh", "sigmoid", "SiLU"], "ReLU");
      const way = this.slider("layers", "Layers", { min: 0, max: 3, step: 0.05, value: 3 });
      const shown = way.nextSibling;
      way.shown = () => {
        shown.textContent = this.moment;
        way.setAttribute("aria-valuetext", this.moment);
      };
      this.parts("drawn").forEach((part) => part.classList.add("hidden"));
      const inside = this.inside(deep);
      this.lines = LINES.map((_, i) => {
        const stroke = `var(--figure-${i < GRID.length ? "blue" : "orange"})`;
        return this.draw("path", { fill: "none", stroke, "stroke-width": 1.2 }, inside);
      });
      this.diamond = this.draw("path", { d: "M0 -5l5 5l-5 5l-5 -5z", fill: "none", stroke: "currentColor", "stroke-width": 1.6 });
      this.parts("dot")[0].classList.add("hidden"); // the other one stays where the product takes it
    }

    get moment() {
      const { between, layers: way } = this.state;
      return moment(between, way, this.numbers.layers.length);
    }

    update() {
      const { between, layers: way } = this.state;
      const { layers, dot } = this.numbers;
      const [frame] = this.frames;
      const images = LINES.map((line) => line.map((x) => carry(x, layers, between, way)));
      images.forEach((image, i) => this.alter(this.lines[i], { d: frame.line(image) }));
      this.spread = [0, 1].map((k) => {
        const places = images.flat().map((image) => image[k]);
        return Math.max(...places) - Math.min(...places);
      });
      const [x, y] = carry(dot, layers, between, way);
      this.alter(this.diamond, { transform: `translate(${frame.x(x)} ${frame.y(y)})` });
      const [title] = this.parts("title").map((part) => part.querySelector("text"));
      const through = between === NONE ? "" : ` with ${between}`;
      title.textContent = way === layers.length ? `three layers${through}` : this.moment;
    }

    tell() {
      const { between, layers: way } = this.state;
      const { layers, dot, product } = this.numbers;
      const pair = (place) => `(${place.map((one) => book.say(one)).join(", ")})`;
      const { moment: when, spread: [wide, high] } = this;
      const small = Math.max(wide, high) < 1 ? ` The whole grid is now only ${book.say(wide)} wide and ${book.say(high)} high.` : "";
      return `${when[0].toUpperCase()}${when.slice(1)}, with ${between} between the layers: the diamond, at ${pair(dot)} at first, is at `
        + `${pair(carry(dot, layers, between, way))}; the product takes it to ${pair(affine(product, dot))}.${small}`;
    }
  });
})();
