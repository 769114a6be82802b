// needs network
// <digit-pad>: draw a digit, and see what the network of the page makes of it.
// The network is in a file of its own, which comes once the figure is near the screen.
"use strict";

(() => {
  const FILE = new URL("../digits.js", document.currentScript.src);
  const SIDE = 8, FINE = 32; // a pixel counts 4 x 4 dots, as those of the data do
  const PEN = 2.1; // dots

  /** Scores of whole numbers from 0 to 16, and what the hidden units fire with. */
  function read(layers, ink) {
    const a = book.affine(layers[0], Float64Array.from(ink, (dots) => dots / 16), 1).map((z) => Math.max(0, z));
    const scores = book.affine(layers[1], a, 1);
    const most = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - most));
    const sum = powers.reduce((before, power) => before + power, 0);
    return { a, y_hat: powers.map((power) => power / sum) };
  }

  /** Weights as the file has them: bytes in base64, and how much one of them counts. */
  function layer([W, b]) {
    const numbers = ({ scale, levels }) =>
      Float64Array.from(Int8Array.from(atob(levels), (letter) => letter.charCodeAt(0)), (level) => scale * level);
    const units = numbers(b).length;
    return { W: numbers(W), b: numbers(b), units, inputs: numbers(W).length / units };
  }

  const text = (ink) => ink.map((dots) => dots.toString(17)).join("");
  const parse = (text) => /^[0-9a-g]{64}$/.test(text) ? Array.from(text, (letter) => parseInt(letter, 17)) : null;

  book.digitPad = { read, layer };

  customElements.define("digit-pad", class extends book.Explorable {
    build() {
      this.ink = [];
      this.button("A test digit", () => this.next("right"));
      this.button("One it gets wrong", () => this.next("wrong"));
      this.button("Clear", () => this.fill(Array(SIDE ** 2).fill(0)));
      this.together(...["row", "column"].map(
        (name) => this.slider(name, name, { min: 1, max: SIDE, step: 1, value: 4, digits: 0 }).parentElement));
      this.button("Ink or erase here", () => this.toggle());
      this.eraser = this.check("erase", "the pen erases");
      this.form.addEventListener("keydown", (event) => this.key(event));
      for (const moved of ["focusin", "input"]) this.form.addEventListener(moved, ({ target }) => this.point(target));
      const [sheet] = this.frames;
      const { pad, hidden, bars } = this.numbers; // left, top and the side of a cell, in inches
      const cells = ([left, top, side], look) => Array.from({ length: SIDE ** 2 }, (_, i) => this.draw("rect", {
        x: sheet.x(left + side * (i % SIDE)), y: sheet.y(top - side * Math.floor(i / SIDE)),
        width: side * sheet.dx, height: side * sheet.dx, "fill-opacity": 0, ...look,
      }, this.drawn));
      this.drawn = this.draw("g", { display: "none" });
      this.pixels = cells(pad, { fill: "currentColor" });
      this.units = cells(hidden, { fill: "var(--figure-blue)", stroke: "currentColor", "stroke-width": 0.3 });
      this.bars = Array.from({ length: 10 }, (_, digit) => {
        const y = sheet.y(bars[1] - bars[2] * (digit + 0.5));
        const bar = { x: sheet.x(bars[0]), y: y - 5, height: 10, fill: "var(--figure-orange)" };
        const label = { y: y + 4, "font-size": 11 };
        return { bar: this.draw("rect", bar, this.drawn), label: this.draw("text", label, this.drawn) };
      });
      this.pen = this.draw("rect", {
        width: pad[2] * sheet.dx, height: pad[2] * sheet.dx, fill: "none", stroke: "var(--figure-orange)", "stroke-width": 2,
      }, this.drawn);
      const margin = pad[2], side = (SIDE * pad[2] + 2 * margin) * sheet.dx; // a stroke may begin outside
      const corner = { x: sheet.x(pad[0] - margin), y: sheet.y(pad[1] + margin) };
      this.ground = this.draw("rect", { ...corner, width: side, height: side, fill: "transparent" });
      this.ground.addEventListener("pointerdown", () => {
        this.last = null;
        this.isByKeys = false;
      });
      this.drag(this.ground, sheet, (x, y) => this.stroke((x - pad[0]) / pad[2] * 4, (pad[1] - y) / pad[2] * 4));
      this.fetch();
    }

    /** Show where the pen is, once a reader moves it by other means than on the square. */
    point(control) {
      this.isByKeys = ["row", "column"].includes(control.name);
      this.show();
    }

    /** Get the network, once the reader comes near: a script, since a page in a folder can fetch nothing else. */
    fetch() {
      const near = new IntersectionObserver(([entry]) => {
        if (!entry.isIntersecting) return;
        near.disconnect();
        const script = Object.assign(document.createElement("script"), { src: FILE });
        script.addEventListener("load", () => this.arrive());
        document.head.append(script);
      }, { rootMargin: "400px" });
      near.observe(this.picture);
    }

    arrive() {
      this.layers = book.digits.layers.map(layer);
      for (const name of ["ink", "hidden", "bar"]) this.parts(name).forEach((part) => part.classList.add("hidden"));
      this.drawn.removeAttribute("display");
      this.turn = { right: -1, wrong: 0 };
      this.load(this.remembered());
      this.show();
    }

    get usual() { return { ...super.usual, ink: this.layers && book.digits.wrong[0][0] }; }

    save() { return this.layers ? { ...this.state, ink: text(this.ink) } : this.state; }

    load(values) {
      this.set(values);
      if (this.layers) this.put(parse(values.ink) ?? parse(book.digits.wrong[0][0]));
    }

    /** Fill the pixels, and so the dots of which each pixel counts sixteen. */
    put(ink) {
      this.ink = ink;
      this.dots = new Uint8Array(FINE ** 2);
      for (let i = 0; i < FINE ** 2; i++) {
        const [row, column] = [Math.floor(i / FINE), i % FINE];
        const rank = 4 * (row % 4) + column % 4;
        this.dots[i] = rank < ink[SIDE * Math.floor(row / 4) + Math.floor(column / 4)] ? 1 : 0;
      }
    }

    fill(ink) {
      if (!this.layers) return;
      this.put(ink);
      this.changed();
    }

    next(kind) {
      if (!this.layers) return;
      const all = book.digits[kind];
      this.turn[kind] = (this.turn[kind] + 1) % all.length;
      this.fill(parse(all[this.turn[kind]][0]));
    }

    /** Put ink along the way from the last place of the pen, in dots. */
    stroke(x, y) {
      if (!this.layers) return;
      const [fromX, fromY] = this.last ?? [x, y];
      this.last = [x, y];
      const steps = Math.ceil(Math.hypot(x - fromX, y - fromY)) || 1;
      for (let step = 1; step <= steps; step++) {
        const [atX, atY] = [fromX + (x - fromX) * step / steps, fromY + (y - fromY) * step / steps];
        for (let row = Math.max(0, Math.floor(atY - PEN)); row < Math.min(FINE, atY + PEN); row++) {
          for (let column = Math.max(0, Math.floor(atX - PEN)); column < Math.min(FINE, atX + PEN); column++) {
            if (Math.hypot(column + 0.5 - atX, row + 0.5 - atY) <= PEN) this.dots[FINE * row + column] = this.eraser.checked ? 0 : 1;
          }
        }
      }
      this.ink.fill(0);
      this.dots.forEach((dot, i) => { this.ink[SIDE * Math.floor(i / FINE / 4) + Math.floor(i % FINE / 4)] += dot; });
    }

    toggle() {
      const ink = [...this.ink], { row, column } = this.state;
      const at = SIDE * (row - 1) + column - 1;
      ink[at] = ink[at] ? 0 : 16;
      this.fill(ink);
    }

    /** On the sliders of row and column all four arrows move the pen, each on its own slider, and the space bar draws. */
    key(event) {
      if (!["row", "column"].includes(event.target.name)) return;
      const ways = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], " ": [0, 0] };
      const way = ways[event.key];
      if (!way) return;
      event.preventDefault();
      const { row, column } = this.state;
      this.set({ row: row + way[0], column: column + way[1] });
      if (event.key === " ") this.toggle();
      else this.form.elements[way[0] ? "row" : "column"].focus();
      this.changed();
    }

    show() {
      if (this.layers) super.show();
      else this.inputs.forEach((input) => input.shown?.());
    }

    update() {
      const [sheet] = this.frames;
      const { a, y_hat } = this.found = read(this.layers, this.ink);
      const most = Math.max(...a, 1e-9);
      this.pixels.forEach((pixel, i) => pixel.setAttribute("fill-opacity", this.ink[i] / 16));
      this.units.forEach((unit, i) => unit.setAttribute("fill-opacity", a[i] / most));
      this.bars.forEach(({ bar, label }, digit) => {
        const width = this.numbers.bars[3] * sheet.dx * y_hat[digit];
        bar.setAttribute("width", width);
        label.setAttribute("x", sheet.x(this.numbers.bars[0]) + width + 4);
        label.textContent = y_hat[digit] >= 0.005 ? `${Math.round(100 * y_hat[digit])} %` : "";
      });
      const { row, column } = this.state, [left, top, side] = this.numbers.pad;
      this.pen.classList.toggle("hidden", !this.isByKeys);
      this.alter(this.pen, { x: sheet.x(left + side * (column - 1)), y: sheet.y(top - side * (row - 1)) });
    }

    tell() {
      const { a, y_hat } = this.found;
      const said = y_hat.indexOf(Math.max(...y_hat));
      const now = text(this.ink);
      const { right, wrong } = book.digits, missed = wrong.findIndex(([ink]) => ink === now);
      const known = wrong[missed] ?? right.find(([ink]) => ink === now);
      const which = missed < 0 ? "" : `, number ${missed + 1} of the ${wrong.length} that it gets wrong`;
      const truth = known ? ` It is ${known[1]} in the test part${which}.` : "";
      const { row, column } = this.state;
      const here = ` Row ${row}, column ${column}: ${this.ink[SIDE * (row - 1) + column - 1]} of 16.`;
      return `The network says ${said}, ${Math.round(100 * y_hat[said])} % sure;`
        + ` ${a.filter((one) => one > 0).length} of ${a.length} hidden units fire.${truth}${this.isByKeys ? here : ""}`;
    }
  });
})();
