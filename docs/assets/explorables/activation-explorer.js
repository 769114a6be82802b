// needs activations
// <activation-explorer>: the four functions of the drawing, or any one, two or all; drag along to see value and slope.
"use strict";

(() => {
  const FOUR = ["sigmoid", "tanh", "ReLU", "Leaky ReLU"]; // in the order of their colours
  const COLOURS = ["var(--figure-blue)", "var(--figure-orange)", "var(--figure-green)", "currentColor"];
  const DASHES = ["none", "7 4"];
  const ZS = Array.from({ length: 169 }, (_, i) => (i - 84) / 20);
  const HIDDEN = ["identity", "PReLU", "RReLU", "GELU by tanh"]; // their curves are those of others
  const NAMES = Object.keys(book.activations).filter((name) => !HIDDEN.includes(name));

  customElements.define("activation-explorer", class extends book.Explorable {
    build() {
      this.grouped(this.choice("function", "Function", ["the four", ...NAMES], "the four"));
      this.other = this.grouped(this.choice("other", "and", ["none", ...NAMES], "none")).parentElement;
      this.slider("z", "z", { min: -4, max: 4, step: 0.05, value: 1.5 });
      this.slope = this.slider("s", "slope below 0", { min: 0, max: 0.5, step: 0.01, value: 0.1 }).parentElement;
      this.check("all", "show all others in grey");
      this.panels = this.frames.map((frame, index) => this.panel(frame, index ? "slope" : "a"));
    }

    /** Set this page's functions apart from those that other pages bring. */
    grouped(select) {
      for (const [label, own] of [["on this page", true], ["later relatives", false]]) {
        const group = Object.assign(document.createElement("optgroup"), { label });
        group.append(...[...select.options].filter(({ value }) => NAMES.includes(value) && FOUR.includes(value) === own));
        select.append(group);
      }
      return select;
    }

    /** The shapes of one of the two axes. kind: what is drawn there, "a" or "slope". */
    panel(frame, kind) {
      const { left: x, top: y, width, height } = frame;
      const inside = this.inside(frame);
      const line = (attributes) => this.draw("path", { fill: "none", ...attributes }, inside);
      const each = (count, make) => COLOURS.slice(0, count).map(make);
      const panel = {
        frame, kind,
        paths: {}, // of the curves that never change
        all: line({ stroke: "currentColor", "stroke-width": 0.8, opacity: 0.45 }),
        at: line({ stroke: "currentColor", "stroke-dasharray": "2 2" }),
        curves: each(2, (stroke, i) => line({ stroke, "stroke-width": 2.4, "stroke-dasharray": DASHES[i] })),
        tangents: each(2, (stroke) => line({ stroke, "stroke-width": 1.2 })),
        dots: each(4, (stroke) => {
          const look = { stroke, r: 4, "stroke-width": 1.6, fill: "var(--figure-paper)" };
          return this.draw("circle", look, inside);
        }),
        names: each(2, (fill, i) => this.draw("text", { x: x + 4, y: y + 14 + 17 * i, fill, "font-size": 13, class: "halo" }, inside)),
      };
      const ground = this.draw("rect", { x, y, width, height, fill: "transparent" });
      this.drag(ground, frame, (z) => this.set({ z }));
      ground.style.touchAction = "pan-y"; // the page still scrolls
      return panel;
    }

    /** What is compared: the names of up to four functions. */
    get chosen() {
      const { function: name, other } = this.state;
      if (name === "the four") return FOUR;
      return other === "none" || other === name ? [name] : [name, other];
    }

    /** A function or its slope along z, lifted where the slope jumps. */
    curve(name, kind, s) {
      const { [kind]: height } = book.activations[name];
      let before = NaN;
      return ZS.map((z) => {
        const here = height(z, s);
        const jumps = kind === "slope" && Math.abs(here - before) > 0.1;
        before = here;
        return [z, jumps ? NaN : here];
      });
    }

    update() {
      const { chosen } = this;
      const { z, all } = this.state;
      const four = chosen === FOUR;
      const s = four ? 0.1 : this.state.s; // as it is drawn
      this.other.hidden = four;
      this.slope.hidden = four || !chosen.some((name) => "s" in book.activations[name]);
      const look = JSON.stringify([chosen, s, all]); // to draw no curve anew while z is dragged
      for (const panel of this.panels) {
        if (look !== this.look) this.trace(panel, four ? [] : chosen, all ? NAMES : [], s);
        this.mark(panel, chosen, z, s);
      }
      this.look = look;
      for (const name of ["curve", "name"]) {
        this.parts(name).forEach((part) => part.classList.toggle("hidden", !four));
      }
    }

    trace({ frame, kind, all, curves, names, paths }, chosen, others, s) {
      const path = (name) => {
        if ("s" in book.activations[name]) return frame.line(this.curve(name, kind, s));
        return paths[name] ??= frame.line(this.curve(name, kind));
      };
      this.alter(all, { d: others.map(path).join("") });
      curves.forEach((curve, i) => this.alter(curve, { d: chosen[i] ? path(chosen[i]) : "" }));
      names.forEach((text, i) => { text.textContent = kind === "a" && chosen[i] || ""; });
    }

    mark({ frame, kind, at, tangents, dots }, chosen, z, s) {
      const values = chosen.map((name) => {
        const { a, slope } = book.activations[name];
        return { a: a(z, s), slope: slope(z, s) };
      });
      this.alter(at, { d: frame.line([[z, -9], [z, 9]]) });
      dots.forEach((dot, i) => {
        const value = values[i];
        dot.classList.toggle("hidden", !value);
        if (value) this.alter(dot, { cx: frame.x(z), cy: frame.y(value[kind]) });
      });
      tangents.forEach((tangent, i) => {
        const drawn = kind === "a" && chosen !== FOUR && values[i];
        const end = (dz) => [z + dz, values[i].a + dz * values[i].slope];
        this.alter(tangent, { d: drawn ? frame.line([end(-1.5), end(1.5)]) : "" });
      });
    }

    tell() {
      const { z } = this.state;
      const four = this.chosen === FOUR;
      const words = this.chosen.map((name) => {
        const { a, slope, s: own } = book.activations[name];
        const s = four ? 0.1 : this.state.s;
        const below = own === undefined ? "" : ` with slope ${book.say(s)}`;
        return `${name}${below} a = ${book.say(a(z, s), 4)}, a′ = ${book.say(slope(z, s), 4)}`;
      });
      return `At z = ${book.say(z)}: ${words.join("; ")}.${four ? "" : " A short line on the left has the slope a′."}`;
    }
  });
})();
