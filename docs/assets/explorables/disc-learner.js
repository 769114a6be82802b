// needs trainer
// <disc-learner>: eight units learn where a disc is, from points that a reader may move and add to.
"use strict";

customElements.define("disc-learner", class extends book.Trainer {
  build() {
    this.trainer({ most: 1000, step: 1000, pace: 4, patient: true });
    this.edit();
    const [frame, curve] = this.frames;
    this.region = new book.Region(this, frame);
    const clip = this.draw("clipPath", { id: `${this.name}-clip` });
    const { left: x, top: y, width, height } = frame;
    this.draw("rect", { x, y, width, height }, clip);
    const line = { fill: "none", stroke: "currentColor", "stroke-width": 0.7, "stroke-dasharray": "3 1.5" };
    this.bends = this.draw("path", { ...line, "clip-path": `url(#${this.name}-clip)` });
    this.ground = this.draw("rect", { x, y, width, height, fill: "transparent" });
    this.ground.addEventListener("click", (event) => this.shut(event) || this.add(frame.at(this.place(event))));
    this.inner = this.draw("path", { fill: "var(--figure-orange)" });
    this.outer = this.draw("path", { fill: "var(--figure-paper)", stroke: "var(--figure-blue)" });
    this.dots = this.draw("g", {});
    // a finger scrolls over the points, until their controls are open
    for (const kind of ["pointerdown", "pointermove"]) { // a finger is captured by what it touches, even unheard
      this.dots.addEventListener(kind, (event) => this.shut(event) && event.stopPropagation(), true);
    }
    this.ring = this.draw("circle", { r: 6, fill: "none", stroke: "currentColor", "stroke-width": 1.2 });
    this.loss = this.draw("path", { fill: "none", stroke: "var(--figure-blue)", "stroke-width": 1.8 });
    this.now = this.draw("circle", { r: 3.5, fill: "var(--figure-blue)" });
    Object.assign(this, { frame, curve });
    this.parts("points").forEach((part) => part.classList.add("hidden"));
  }

  /** Controls for what a pointer does to the points; they are no part of the address, the points are. */
  edit() {
    const all = this.numbers.y.length;
    const range = { min: -1, max: 1, step: 0.01, value: 0 };
    this.chosen = this.slider("point", "point", { min: 1, max: all, step: 1, value: 1, digits: 0 });
    this.sides = [this.slider("x1", "x₁", range), this.slider("x2", "x₂", range)];
    this.kind = this.choice("class", "is", ["inside", "outside"], "inside");
    const inputs = [this.chosen, ...this.sides, this.kind].map((input) => input.parentElement);
    this.editor = this.fold("Move or add points", ...inputs, this.button("Add a point", () => this.add(this.free)));
    this.editor.addEventListener("input", ({ target }) => {
      if (target === this.chosen) this.choose(this.chosen.value - 1);
      else this.move(this.chosen.value - 1, this.sides.map((side) => Number(side.value)), this.kind.value === "inside");
    });
    this.editor.addEventListener("toggle", () => this.show());
  }

  /** Whether a pointer is a finger that may want to scroll. */
  shut({ pointerType }) { return pointerType === "touch" && !this.editor.open; }

  /** A place for a new point, beside those that were put there before. */
  get free() { return [(this.points.length - this.origin.length) % 10 / 10, 0]; }

  /** Let the controls show a point. */
  choose(i) {
    const [x1, x2, inside] = this.points[i];
    this.set({ point: i + 1, x1, x2, class: inside ? "inside" : "outside" });
  }

  move(i, [x1, x2], inside = this.points[i][2]) {
    const near = (x) => Math.round(100 * Math.min(1, Math.max(-1, x))) / 100;
    this.points[i] = [near(x1), near(x2), inside];
    this.put(i);
    this.choose(i);
    this.stale = true;
  }

  add(place) {
    const i = this.points.push([0, 0, this.kind.value === "inside"]) - 1;
    this.chosen.max = this.points.length;
    this.move(i, place);
    this.changed();
  }

  /** Let a point be taken hold of where it is. */
  put(i) {
    const [cx, cy] = this.spot(this.points[i]);
    let dot = this.dots.children[i];
    if (!dot) {
      dot = this.draw("circle", { r: 8, fill: "transparent" }, this.dots);
      this.drag(dot, this.frame, (...place) => this.move(i, place));
    }
    this.alter(dot, { cx, cy });
  }

  spot([x1, x2]) { return [this.frame.x(x1), this.frame.y(x2)]; }

  /** Draw all points, those of a class at once. */
  scatter() {
    const path = (wanted, sign) => this.points.filter((point) => point[2] === wanted)
      .map((point) => `M${this.spot(point)}${sign}`).join("");
    this.alter(this.inner, { d: path(true, "m-2.4-2.4h4.8v4.8h-4.8z") });
    this.alter(this.outer, { d: path(false, "m2 0a2 2 0 1 1-4 0a2 2 0 1 1 4 0z") });
  }

  load({ points = "", ...values }) {
    const { x: [x1, x2], y: [y] } = this.numbers;
    this.points = y.map((inside, i) => [x1[i], x2[i], inside === 1]);
    this.origin = [...this.points];
    for (const [i, x, y, inside] of points.split(";").map((one) => one.split(":").map(Number))) {
      if ([x, y].every((side) => Math.abs(side) <= 1) && i <= this.points.length && this.points.length < 500) {
        this.points[i] = [x, y, inside === 1];
      }
    }
    this.chosen.max = this.points.length;
    this.dots.replaceChildren();
    this.points.forEach((_, i) => this.put(i));
    super.load(values);
    this.choose(0);
  }

  save() {
    const altered = this.points.map((point, i) => point === this.origin[i] ? "" : [i, ...point].map(Number).join(":"));
    return { step: this.state.step, points: altered.filter(Boolean).join(";") };
  }

  get usual() { return { ...super.usual, points: "" }; }

  /** Plain gradient descent with all points at once and a learning rate of 1, from torch's first weights. */
  begin() {
    const layers = this.numbers.layers.map(book.layer), names = ["ReLU", "sigmoid"];
    const x = Float64Array.from([0, 1].flatMap((side) => this.points.map((point) => point[side])));
    const y = Float64Array.from(this.points, (point) => point[2]);
    const keep = () => layers.map(({ W, b, units, inputs }) => ({ W, b, units, inputs }));
    const run = { history: [keep()], losses: [], x, y, names };
    run.learn = () => {
      run.losses.push(book.step(layers, names, x, y, y.length, 1));
      run.history.push(keep());
    };
    return run;
  }

  update() {
    this.scatter();
    const { run } = this;
    this.swap([this.region.canvas, this.bends, this.loss, this.now], "region", "fold", "loss");
    const [x1, x2] = this.points[this.chosen.value - 1];
    this.ring.classList.toggle("hidden", !this.editor.open);
    this.dots.classList.toggle("shut", !this.editor.open);
    [this.region.canvas, this.bends, ...this.parts("region"), ...this.parts("fold")]
      .forEach((part) => part.classList.toggle("faded", Boolean(this.waiting)));
    this.alter(this.ring, { cx: this.frame.x(x1), cy: this.frame.y(x2) });
    if (run) this.paint(run, run.history[this.taken]);
  }

  paint(run, layers) {
    const { points } = this.region, { W, b } = layers[0];
    this.region.show(book.forward(points, layers, run.names, points.length / 2).at(-1).a);
    this.alter(this.bends, { d: Array.from(b, (bias, k) => this.across(W[2 * k], W[2 * k + 1], bias)).join("") });
    const { z } = book.forward(run.x, layers, run.names, run.y.length).at(-1);
    this.heard = { loss: book.loss(z, run.y), right: z.filter((one, i) => one > 0 === run.y[i] > 0).length };
    const { taken, curve } = this, height = Math.min(0.9, this.heard.loss);
    const way = run.losses.slice(0, taken).map((loss, step) => [step, Math.min(0.9, loss)]);
    const some = way.filter(([step]) => step < 20 || step % 4 === 0);
    this.alter(this.loss, { d: curve.line([...some, [taken, height]]) });
    this.alter(this.now, { cx: curve.x(taken), cy: curve.y(height) });
  }

  /** The line on which w·x + b is 0, across the frame. */
  across(u, v, b) {
    const length = Math.hypot(u, v);
    const [x, y] = [-b * u / length ** 2, -b * v / length ** 2];
    const [right, up] = [-4 * v / length, 4 * u / length];
    return this.frame.line([[x - right, y - up], [x + right, y + up]]);
  }

  tell() {
    if (this.waiting) return "Training anew, from the first step …";
    const { loss, right } = this.run ? this.heard : this.numbers;
    const taken = this.run ? this.taken : this.state.step;
    const steps = taken === 1 ? "1 step" : `${taken} steps`;
    const words = `After ${steps}: loss ${book.say(loss, 3)}, ${right} of ${this.points.length} points on the correct side.`;
    return `${words} ${this.ended && !this.playing ? "Press Train to watch all steps from the first." : "The deeper the shade, the surer the network."}`;
  }
});
