// <depth-explorer>: what many layers do to activations, errors and units, by function, variance and depth.
// The results are those of the page: they were computed while the site was built.
"use strict";

customElements.define("depth-explorer", class extends book.Explorable {
  build() {
    const { layers, variances, sizes } = this.numbers;
    this.layers = layers;
    this.variances = variances.map((variance) => `${variance}/n`);
    this.choice("activation", "Activation", Object.keys(sizes), "ReLU");
    const variance = this.slider("variance", "variance", { min: 0, max: variances.length - 1, step: 1, value: 2 });
    this.slider("depth", "layers", { min: 5, max: 50, step: 5, value: 50, digits: 0 });
    const { shown } = variance;
    variance.shown = () => {
      shown();
      const words = this.variances[variance.value];
      variance.setAttribute("aria-valuetext", words);
      variance.nextElementSibling.textContent = words;
    };
    this.parts("line").forEach((line) => line.classList.add("hidden"));
    const [left, right] = this.frames;
    this.lines = [[left, "blue", "none"], [left, "orange", "7 3"], [right, "green", "none"]].map(([frame, colour, dash]) => {
      const { left: x, top: y, width, height } = frame;
      const id = `${this.name}-frame-${colour}`;
      this.draw("rect", { x, y, width, height }, this.draw("clipPath", { id }));
      const inside = this.draw("g", { "clip-path": `url(#${id})`, fill: "none", stroke: `var(--figure-${colour})` });
      const line = this.draw("path", { "stroke-width": 1.8, "stroke-dasharray": dash }, inside);
      const dots = this.draw("path", { "stroke-width": 4, "stroke-linecap": "round" }, inside);
      return { frame, line, dots };
    });
  }

  /** Powers of ten of both sizes, and the silent units in per cent, down to the last layer: there the error is 1. */
  get found() {
    const { activation, variance, depth } = this.state;
    const count = this.layers.indexOf(depth) + 1;
    const { sizes, silent } = this.numbers;
    const [forward, back] = sizes[activation][variance].map((all) => all.slice(0, count));
    return { forward, back: back.map((power) => power - back.at(-1)), silent: silent[activation].slice(0, count) };
  }

  update() {
    const { forward, back, silent } = this.found;
    [forward, back, silent].forEach((heights, i) => {
      const { frame, line, dots } = this.lines[i];
      const points = heights.map((height, k) => [this.layers[k], height]);
      this.alter(line, { d: frame.line(points) });
      this.alter(dots, { d: points.map((point) => `${frame.line([point])}h0`).join("") });
    });
  }

  tell() {
    const { activation, variance, depth } = this.state;
    const { forward, back, silent } = this.found;
    const size = (power) => book.brief(10 ** power);
    return `${activation}, variance ${this.variances[variance]}, ${depth} layers: activations of size ${size(forward.at(-1))} `
      + `at the end; an error of size 1 there comes to layer 1 with ${size(back[0])}; `
      + `${silent.at(-1)} % of the last layer’s units are silent for every input.`;
  }
});
