// needs plane
// <neuron-explorer>: weights and bias by slider, an input by drag; the sum, the line, its arrow w, and the gates.
"use strict";

customElements.define("neuron-explorer", class extends book.Explorable {
  build() {
    const { w, b, x, limits, gates } = this.numbers;
    if (gates) this.choice("gate", "Make it", Object.keys(gates), "AND");
    const slider = (name, label, [min, max, step], value) => this.slider(name, label, { min, max, step, value });
    slider("w1", "w₁", limits.w, w[0]);
    slider("w2", "w₂", limits.w, w[1]);
    slider("b", "b", limits.b, b);
    slider("x1", "x₁", limits.x, x[0]);
    slider("x2", "x₂", limits.x, x[1]);

    const [plane, along] = this.frames;
    const inside = this.inside(plane);
    this.own = [inside]; // what takes the place of the page's drawing once it is touched
    const line = (width, more) => this.draw("path", { fill: "none", stroke: "currentColor", "stroke-width": width, ...more }, inside);
    this.side = this.draw("path", { fill: "var(--figure-orange)", opacity: 0.2 }, inside);
    this.parallel = line(1, { "stroke-dasharray": "2 2" });
    this.line = line(1.6);
    this.corners = gates ? [[0, 0], [0, 1], [1, 0], [1, 1]].map((place) => this.corner(plane, place)) : [];
    this.w = line(1.4, { fill: "currentColor" });
    this.called = this.word("w", { "font-style": "italic" });
    this.own.push(this.called);
    this.x = this.draw("circle", { r: 5, stroke: "currentColor", "stroke-width": 1.6 });
    this.z = this.word("");
    this.handles = { w: this.handle(plane), x: this.handle(plane, "x") };
    if (along) {
      const right = this.inside(along);
      this.rise = this.draw("path", { fill: "none", stroke: "currentColor", "stroke-width": 1.8 }, right);
      this.own.push(this.rise);
      this.height = this.draw("circle", { r: 4, fill: "var(--figure-paper)", stroke: "currentColor" }, right);
    }
  }

  word(text, more) {
    const shape = this.draw("text", { "font-size": 13, ...more });
    shape.textContent = text;
    return shape;
  }

  /** One of a gate's four inputs: as a circle, as a square, and the ring around it if it is wrong. */
  corner(frame, place) {
    const [x, y] = [frame.x(place[0]), frame.y(place[1])];
    const look = { stroke: "var(--figure-blue)", "stroke-width": 1.5, fill: "var(--figure-paper)" };
    return {
      place,
      silent: this.draw("circle", { cx: x, cy: y, r: 5, ...look }),
      fires: this.draw("rect", { x: x - 5, y: y - 5, width: 10, height: 10, fill: "var(--figure-orange)" }),
      wrong: this.draw("path", {
        d: `M${x - 10} ${y - 10}l20 20m-20 0l20 -20`, stroke: "currentColor", "stroke-width": 2,
      }),
    };
  }

  /** What is dragged, large enough for a finger on a phone. */
  handle(frame, name = "w") {
    const shape = this.draw("circle", { r: 22, fill: "transparent" });
    this.drag(shape, frame, (first, second) => this.set({ [`${name}1`]: first, [`${name}2`]: second }));
    return shape;
  }

  /** The weights, the bias, the input, and the sum. */
  get neuron() {
    const { w1, w2, b, x1, x2 } = this.state;
    const [w, x] = [[w1, w2], [x1, x2]];
    return { w, b, x, z: book.sum(w, b, x) };
  }

  /** For which of the four inputs the output is that of the gate. */
  get right() {
    const { w, b } = this.neuron;
    const targets = this.numbers.gates[this.state.gate];
    return this.corners.map(({ place }, i) => Number(book.sum(w, b, place) >= 0) === targets[i]);
  }

  update() {
    const { w, b, x, z } = this.neuron;
    const [plane, along] = this.frames;
    this.parts("drawn").forEach((part) => part.classList.toggle("hidden", this.touched));
    this.own.forEach((shape) => shape.classList.toggle("hidden", !this.touched));
    const { side, line } = book.half(plane, (place) => book.sum(w, b, place));
    this.alter(this.side, { d: plane.line(side) });
    this.alter(this.line, { d: plane.line(line) });
    this.alter(this.w, { d: book.arrow(plane, [0, 0], w) });
    this.alter(this.called, { x: plane.x(w[0]) + 8, y: plane.y(w[1]) + 12 });
    this.alter(this.handles.w, { cx: plane.x(w[0]), cy: plane.y(w[1]) });
    const [cx, cy] = [plane.x(x[0]), plane.y(x[1])];
    this.alter(this.x, { cx, cy, fill: z >= 0 ? "currentColor" : "var(--figure-paper)" });
    this.alter(this.handles.x, { cx, cy });
    const far = cx > plane.left + 0.6 * plane.width;
    this.alter(this.z, { x: cx + (far ? -9 : 9), y: cy - 8, "text-anchor": far ? "end" : "start" });
    this.z.textContent = `z = ${book.say(z)}`;
    if (this.corners.length) this.judge();
    if (along) {
      const length = Math.hypot(...w);
      this.alter(this.parallel, { d: plane.line(book.half(plane, (place) => book.sum(w, 0, place)).line) });
      this.alter(this.rise, { d: along.line([[-1, -length], [1, length]]) });
      this.alter(this.height, { cx: along.x(z / (length || 1)), cy: along.y(z) });
    }
  }

  judge() {
    const targets = this.numbers.gates[this.state.gate];
    this.right.forEach((right, i) => {
      const { silent, fires, wrong } = this.corners[i];
      silent.classList.toggle("hidden", targets[i] === 1);
      fires.classList.toggle("hidden", targets[i] === 0);
      wrong.classList.toggle("hidden", right);
    });
  }

  tell() {
    const { w, b, x, z } = this.neuron;
    const { say } = book;
    const signed = (number) => number < 0 ? `− ${say(-number)}` : `+ ${say(number)}`;
    const product = (i) => `${i ? signed(w[i]) : say(w[i])} · ${x[i] < 0 ? `(${say(x[i])})` : say(x[i])}`;
    const sum = `z = ${product(0)} ${product(1)} ${signed(b)} = ${say(z)}: it ${z >= 0 ? "fires" : "is silent"}, a = ${Number(z >= 0)}. `;
    if (this.corners.length) {
      return `${sum}${this.state.gate}: right for ${this.right.filter(Boolean).length} of 4 inputs.`;
    }
    const length = Math.hypot(...w);
    return sum + (length ? `|w| = ${say(length)}; the line is ${say(Math.abs(b) / length)} from (0, 0).` : "No line: w is 0.");
  }
});
