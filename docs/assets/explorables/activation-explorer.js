// needs activations
// <activation-explorer>: one activation function, or two, or all; drag along to see value, slope and tangent.
"use strict";

customElements.define("activation-explorer", class extends book.Explorable {
  build() {
    const names = Object.keys(book.activations).filter((name) => name !== "identity");
    this.choice("function", "Function", names, "sigmoid");
    this.choice("other", "and", ["none", ...names], "none");
    this.slider("z", "z", { min: -4, max: 4, step: 0.05, value: 1 });
    this.slope = this.slider("s", "slope below 0", { min: 0, max: 0.5, step: 0.01, value: 0.1 }).parentElement;
    this.check("all", "all at once");
    this.parts("curve").forEach((curve) => curve.classList.add("faded"));
    this.parts("name").forEach((name) => name.classList.add("hidden"));
    const line = { fill: "none", "stroke-width": 2.4 };
    const mark = { stroke: "currentColor", "stroke-width": 1.2 };
    this.panels = this.frames.map((frame, index) => {
      const id = `${this.name}-frame-${index}`;
      const clip = this.draw("clipPath", { id });
      const { left: x, top: y, width, height } = frame;
      this.draw("rect", { x, y, width, height }, clip);
      const inside = this.draw("g", { "clip-path": `url(#${id})` });
      return {
        frame,
        kind: index ? "slope" : "a",
        all: this.draw("path", { fill: "none", stroke: "currentColor", "stroke-width": 0.6 }, inside),
        other: this.draw("path", { ...line, stroke: "var(--figure-orange)", "stroke-dasharray": "6 3" }, inside),
        one: this.draw("path", { ...line, stroke: "var(--figure-blue)" }, inside),
        tangent: this.draw("path", { ...mark, fill: "none", "stroke-dasharray": "2 2" }, inside),
        dot: this.draw("circle", { ...mark, r: 4.5, fill: "var(--figure-paper)" }, inside),
        ground: this.draw("rect", { x, y, width, height, fill: "transparent" }),
      };
    });
    for (const { ground, frame } of this.panels) {
      this.drag(ground, frame, (z) => this.set({ z }));
      ground.style.touchAction = "pan-y"; // the page still scrolls
    }
  }

  /** The heights of a function or its slope for the z of the drawing. */
  curve(name, kind, s) {
    const { [kind]: height, s: own } = book.activations[name];
    const zs = Array.from({ length: 337 }, (_, i) => (i - 168) / 40);
    let before = NaN;
    return zs.map((z) => {
      const here = height(z, own === undefined ? undefined : s);
      const jumps = Math.abs(here - before) > 0.08 && kind === "slope";
      before = here;
      return [z, jumps ? NaN : here];
    });
  }

  update() {
    const { function: name, other, z, s, all } = this.state;
    const chosen = [name, other].filter((one) => one !== "none");
    this.slope.hidden = !chosen.some((one) => "s" in book.activations[one]);
    const height = (kind) => book.activations[name][kind](z, s);
    for (const panel of this.panels) {
      const { frame, kind } = panel;
      const path = (one) => one === "none" ? "" : frame.line(this.curve(one, kind, s));
      this.alter(panel.one, { d: path(name) });
      this.alter(panel.other, { d: path(other) });
      this.alter(panel.all, { d: all ? Object.keys(book.activations).map(path).join("") : "" });
      this.alter(panel.dot, { cx: frame.x(z), cy: frame.y(height(kind)) });
      const [a, slope] = [height("a"), height("slope")];
      const ends = kind === "a" ? [[z - 1.5, a - 1.5 * slope], [z + 1.5, a + 1.5 * slope]] : [[z, 0], [z, slope]];
      this.alter(panel.tangent, { d: frame.line(ends) });
    }
  }

  tell() {
    const { function: name, other, z, s } = this.state;
    const words = (one) => {
      const { a, slope, s: own } = book.activations[one];
      const below = own === undefined ? "" : ` with slope ${book.say(s)}`;
      return `${one}${below}: a = ${book.say(a(z, s), 4)}, a′ = ${book.say(slope(z, s), 4)}`;
    };
    return `At z = ${book.say(z)} ` + [name, other].filter((one) => one !== "none").map(words).join("; ");
  }
});
