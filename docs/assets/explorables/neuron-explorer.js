// needs plane
// <neuron-explorer>: weights and bias by slider, an input by drag; the sum, the line, its arrow w, and the gates.
"use strict";

customElements.define("neuron-explorer", class extends book.Explorable {
  build() {
    const { w, b, limits, gates } = this.numbers;
    if (gates) this.choice("gate", "Make it", Object.keys(gates), "AND");
    const slider = (name, label, [min, max, step], value) => this.slider(name, label, { min, max, step, value });
    slider("w1", "w₁", limits.w, w[0]);
    slider("w2", "w₂", limits.w, w[1]);
    slider("b", "b", limits.b, b);

    const [plane, along] = this.frames;
    const inside = this.inside(plane);
    this.own = [inside]; // what takes the place of the page's drawing once it is touched
    const line = (width, more) => this.draw("path", { fill: "none", stroke: "currentColor", "stroke-width": width, ...more }, inside);
    this.side = this.draw("path", { fill: "var(--figure-orange)", opacity: 0.2 }, inside);
    this.line = line(1.6);
    this.w = line(1.4, { fill: "currentColor" });
    this.corners = gates ? [[0, 0], [0, 1], [1, 0], [1, 1]].map((place) => this.corner(plane, place)) : [];
    this.called = this.word("𝑤");
    this.own.push(this.called, ...this.corners.map(({ z }) => z));
    this.grip = this.handle(plane);
    if (along) this.compare(line(1, { "stroke-dasharray": "2 2" }), slider);
  }

  /** An input to drag, and how z rises on the way to it from the line. */
  compare(parallel, slider) {
    const { x, limits } = this.numbers, [plane, along] = this.frames;
    slider("x1", "x₁", limits.x, x[0]);
    slider("x2", "x₂", limits.x, x[1]);
    this.parallel = parallel;
    this.none = this.word("𝑏 = 0");
    this.x = this.draw("circle", { r: 5, stroke: "currentColor", "stroke-width": 1.6 });
    this.z = this.word("");
    this.other = this.handle(plane, "x");
    const right = this.inside(along);
    this.rise = this.draw("path", { fill: "none", stroke: "currentColor", "stroke-width": 1.8 }, right);
    this.height = this.draw("circle", { r: 5, stroke: "currentColor", "stroke-width": 1.6 }, right);
    this.own.push(this.none, this.rise);
    this.parts("dot").forEach((part) => part.classList.add("hidden"));
  }

  word(text, more) {
    const shape = this.draw("text", { "font-size": 13, class: "halo", "font-family": book.SIGNS, ...more });
    shape.textContent = text;
    return shape;
  }

  /** One of a gate's four inputs: as a circle, as a square, its z, and the cross over it if it is wrong. */
  corner(frame, place) {
    const [x, y] = [frame.x(place[0]), frame.y(place[1])];
    const look = { stroke: "var(--figure-blue)", "stroke-width": 1.5, fill: "var(--figure-paper)" };
    const beside = place[0] ? { x, y: y + (place[1] ? -10 : 20), "text-anchor": "middle" }
      : { x: x - 9, y: y + 4.5, "text-anchor": "end" };
    return {
      place,
      silent: this.draw("circle", { cx: x, cy: y, r: 5, ...look }),
      fires: this.draw("rect", { x: x - 5, y: y - 5, width: 10, height: 10, fill: "var(--figure-orange)" }),
      wrong: this.draw("path", {
        d: `M${x - 9} ${y - 9}l18 18m-18 0l18 -18`, stroke: "currentColor", "stroke-width": 2,
      }),
      z: this.word("", { "font-family": "inherit", ...beside }),
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
    const { w, b } = this.neuron;
    const [plane] = this.frames;
    const hide = (shapes, hidden) => shapes.forEach((shape) => shape.classList.toggle("hidden", hidden));
    hide(this.parts("drawn"), this.touched);
    hide(this.own, !this.touched);
    this.parts("start").forEach((part) => part.classList.toggle("ghost", this.touched));
    const { side, line } = book.half(plane, (place) => book.sum(w, b, place));
    this.alter(this.side, { d: plane.line(side) });
    this.alter(this.line, { d: plane.line(line) });
    this.alter(this.w, { d: book.arrow(plane, [0, 0], w) });
    this.alter(this.called, { x: plane.x(w[0]) + 8, y: plane.y(w[1]) + 12 });
    this.alter(this.grip, { cx: plane.x(w[0]), cy: plane.y(w[1]) });
    const flat = !Math.hypot(...w); // then there is neither an arrow nor a line
    if (flat) hide([this.called], true);
    if (this.corners.length) return this.judge();
    if (flat) hide([this.none], true);
    hide(this.parts("distance"), flat);
    this.follow();
  }

  /** Draw the input on both sides, and the line of the same weights without a bias. */
  follow() {
    const { w, b, x, z } = this.neuron;
    const [plane, along] = this.frames;
    const [cx, cy] = [plane.x(x[0]), plane.y(x[1])], fill = z >= 0 ? "currentColor" : "var(--figure-paper)";
    this.alter(this.x, { cx, cy, fill });
    this.alter(this.other, { cx, cy });
    const away = w[0] < 0 === z < 0 ? 1 : -1; // to the right or to the left of the line, where there is room
    const room = (plane.left + plane.width / 2 - cx) / plane.width;
    const right = Math.abs(room) < 0.22 ? away > 0 : room > 0;
    this.alter(this.z, { x: cx + (right ? 10 : -10), y: cy + 4.5, "text-anchor": right ? "start" : "end" });
    this.z.textContent = `𝑧 = ${book.say(z)}`;
    const { line } = book.half(plane, (place) => book.sum(w, 0, place));
    this.alter(this.parallel, { d: plane.line(line) });
    if (line.length) {
      const [left, right] = [...line].sort(([one], [other]) => one - other);
      this.alter(this.none, { x: plane.x(left[0]) + 4, y: plane.y(left[1]) + (left[1] < right[1] ? 16 : -6) });
    }
    const length = Math.hypot(...w);
    this.alter(this.rise, { d: along.line([[-7, length ? -7 * length : b], [7, length ? 7 * length : b]]) });
    this.alter(this.height, { cx: along.x(length ? z / length : 0), cy: along.y(z), fill });
    this.height.classList.toggle("hidden", !length);
  }

  judge() {
    const { w, b } = this.neuron;
    const targets = this.numbers.gates[this.state.gate];
    this.right.forEach((right, i) => {
      const { place, silent, fires, wrong, z } = this.corners[i];
      silent.classList.toggle("hidden", targets[i] === 1);
      fires.classList.toggle("hidden", targets[i] === 0);
      wrong.classList.toggle("hidden", right);
      z.textContent = book.say(book.sum(w, b, place));
    });
  }

  tell() {
    const { w, b, x, z } = this.neuron;
    const { say } = book;
    if (this.corners.length) {
      const right = this.right.filter(Boolean).length;
      const sums = this.corners.map(({ place }) => `z = ${say(book.sum(w, b, place))} for (${place.join(", ")})`);
      return `${this.state.gate}: right for ${right} of 4 inputs${right < 4 ? "; a cross marks what is wrong" : ""}. ${sums.join(", ")}.`;
    }
    const signed = (number) => number < 0 ? `− ${say(-number)}` : `+ ${say(number)}`;
    const product = (i) => `${i ? signed(w[i]) : say(w[i])} · ${x[i] < 0 ? `(${say(x[i])})` : say(x[i])}`;
    const sum = `z = ${product(0)} ${product(1)} ${signed(b)} = ${say(z)}: it ${z >= 0 ? "fires" : "is silent"}, a = ${Number(z >= 0)}. `;
    const length = Math.hypot(...w);
    if (!length) return `${sum}No line: w is 0, and z = b everywhere.`;
    return `${sum}|w| = ${say(length)}; the line is ${say(Math.abs(b) / length)} from (0, 0)${this.touched ? ", and on its shaded side the neuron fires" : ""}.`;
  }
});
