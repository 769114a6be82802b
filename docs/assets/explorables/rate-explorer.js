// needs network
// <rate-explorer>: three ways down a valley, from a start and with learning rates that the reader sets.
"use strict";

(() => {
  // The loss of w x + b at three points, half the mean squared error, as in snippets/training/index.py.
  const POINTS = [[1, 1], [2, 3], [3, 5]];
  const errors = ([w, b]) => POINTS.map(([x, y]) => w * x + b - y);
  const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const loss = (point) => mean(errors(point).map((error) => error ** 2)) / 2;
  const slopes = (point) => [mean(errors(point).map((error, i) => error * POINTS[i][0])), mean(errors(point))];

  /** The points of a way down: each is [w, b]. */
  function path(optimiser, rate, steps, start) {
    const memory = { v: [0, 0], s: [0, 0], t: 0 };
    const points = [start];
    for (let step = 0; step < steps; step++) {
      const point = points[step];
      memory.t += 1;
      points.push(slopes(point).map((slope, i) => point[i] - rate * book.optimisers[optimiser](slope, memory, i)));
    }
    return points;
  }

  book.valley = { loss, slopes, path };

  const WAYS = [
    { name: "gradient descent", optimiser: "plain", max: 0.5, colour: "blue", dash: "none" },
    { name: "momentum", optimiser: "momentum", max: 0.8, colour: "green", dash: "8 2 2 2" },
    { name: "Adam", optimiser: "Adam", max: 1, colour: "orange", dash: "5 2.5" },
  ];

  customElements.define("rate-explorer", class extends book.Explorable {
    build() {
      const [frame] = this.frames;
      WAYS.forEach(({ name, max }, i) => {
        this.slider(`rate${i}`, `rate of ${name}`, { min: 0.01, max, step: 0.01, value: this.numbers.rates[i] });
      });
      this.slider("w", "begin at w =", { min: -0.4, max: 3, step: 0.05, value: 0 });
      this.slider("b", "b =", { min: -2, max: 2.6, step: 0.05, value: 2 });
      this.slider("steps", "steps", { min: 0, max: 100, step: 1, value: 30, digits: 0 });
      this.parts("way").forEach((way) => way.classList.add("hidden"));
      const { left: x, top: y, width, height } = frame;
      const id = `${this.name}-frame`;
      this.draw("rect", { x, y, width, height }, this.draw("clipPath", { id }));
      const ground = this.draw("rect", { x, y, width, height, fill: "transparent" });
      // a tap anywhere begins there; only the mark itself is dragged, so that a page still scrolls under a finger
      ground.addEventListener("click", (event) => this.begin(...frame.at(this.place(event))));
      const inside = this.draw("g", { "clip-path": `url(#${id})` });
      this.ways = WAYS.map(({ colour, dash }) => {
        const look = { fill: "none", stroke: `var(--figure-${colour})`, "pointer-events": "none" };
        const line = this.draw("path", { ...look, "stroke-width": 1.2, "stroke-dasharray": dash }, inside);
        return [line, this.draw("path", { ...look, "stroke-width": 3.4, "stroke-linecap": "round" }, inside)];
      });
      const mark = { r: 22, fill: "transparent", "pointer-events": "all" }; // 24 px wide on a phone
      this.dot = this.draw("circle", { r: 6, fill: "var(--figure-paper)", stroke: "currentColor", "stroke-width": 1.6 });
      this.start = this.draw("circle", mark);
      this.drag(this.start, frame, (w, b) => this.set({ w, b }));
    }

    begin(w, b) {
      this.set({ w, b });
      this.changed();
    }

    update() {
      const { w, b, steps, ...rates } = this.state;
      const [frame] = this.frames;
      this.ends = WAYS.map(({ optimiser }, i) => {
        const points = path(optimiser, rates[`rate${i}`], steps, [w, b]);
        const near = points.filter(([w, b]) => Math.abs(w) + Math.abs(b) < 1e3);
        const places = near.map(([w, b]) => `${frame.x(w).toFixed(1)} ${frame.y(b).toFixed(1)}`);
        const [line, dots] = this.ways[i];
        this.alter(line, { d: `M${places.join("L")}` });
        this.alter(dots, { d: `M${places.join("h0M")}h0` });
        return loss(points.at(-1));
      });
      for (const mark of [this.dot, this.start]) this.alter(mark, { cx: frame.x(w), cy: frame.y(b) });
    }

    tell() {
      const { w, b, steps } = this.state;
      const words = (end) => end < 100 ? book.brief(end) : "more than 100";
      const ends = WAYS.map(({ name }, i) => `${name} ${words(this.ends[i])}`).join(", ");
      return `From w = ${book.say(w)} and b = ${book.say(b)}, where the loss is ${book.brief(loss([w, b]))}, `
        + `the loss after ${steps} steps: ${ends}.`;
    }
  });
})();
