// What all figures share that answer when touched. A figure's own script makes a class of
// book.Explorable and has three methods: build() adds controls and shapes, update() draws the state,
// and tell() says it in words. The drawing below it is the page's, and stays as it is without scripts.
"use strict";

globalThis.book = {};

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const SIGNS = "STIX Two Math, math, serif"; // what the page's own drawings set their signs in

  /** A number as the page writes it: with a minus sign, and no -0.00. */
  function say(number, digits = 2) {
    const text = number.toFixed(digits);
    return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
  }

  /** A positive number of any size in one or two digits: 23, 1.8, 0.067 or 3·10⁻⁹. */
  function brief(number) {
    if (number >= 100 && number < 1e4) return String(Math.round(number));
    if (number === 0) return "0";
    if (number >= 0.001 && number < 100) return number.toPrecision(2);
    const [digit, power] = number.toExponential(0).split("e");
    return `${digit}·10${Array.from(power.replace("+", ""), (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("")}`;
  }

  /** One of the drawing's axes: where its data points are in the SVG, and back. */
  class Frame {
    constructor([left, top, width, height, x0, dx, y0, dy]) {
      Object.assign(this, { left, top, width, height, x0, dx, y0, dy });
    }
    x(value) { return this.x0 + value * this.dx; }
    y(value) { return this.y0 + value * this.dy; }
    /** The data point at a place of the SVG. */
    at(place) { return [(place.x - this.x0) / this.dx, (place.y - this.y0) / this.dy]; }
    holds(place) {
      return place.x >= this.left && place.x <= this.left + this.width
        && place.y >= this.top && place.y <= this.top + this.height;
    }
    /** The way of a line through data points, as a path; it is lifted where a height is not finite. */
    line(points) {
      let sign = "M";
      return points.map(([x, y]) => {
        if (!Number.isFinite(y)) { sign = "M"; return ""; }
        const part = `${sign}${this.x(x).toFixed(2)} ${this.y(y).toFixed(2)}`;
        sign = "L";
        return part;
      }).join("");
    }
  }

  class Explorable extends HTMLElement {
    connectedCallback() {
      if (this.form) return;
      this.picture = this.querySelector(".picture");
      this.alternative = this.picture.getAttribute("aria-label");
      this.svg = this.picture.querySelector("svg");
      this.name = this.querySelector("figure").id.replace("figure-", "");
      this.numbers = JSON.parse(this.querySelector("script[type='application/json']").textContent);
      this.frames = JSON.parse(this.svg.dataset.frames).map((frame) => new Frame(frame));
      this.form = document.createElement("form");
      this.form.className = "controls no-print";
      const number = this.querySelector(".figure-number")?.textContent; // no two forms of a page have one name
      this.form.setAttribute("aria-label", `Controls of ${number ?? "this figure"}`);
      this.readout = document.createElement("p");
      this.readout.className = "readout no-print";
      this.spoken = document.createElement("output");
      this.spoken.className = "spoken";
      this.picture.after(this.form, this.readout);
      this.folds = [];
      this.build();
      this.button("Reset", () => this.reset()).className = "reset";
      this.form.append(...this.folds, this.spoken);
      this.form.addEventListener("submit", (event) => event.preventDefault());
      this.form.addEventListener("input", () => this.changed());
      const remembered = this.remembered();
      this.touched = Object.keys(remembered).length > 0;
      this.load(remembered);
      this.show();
      if (this.touched) this.approach();
    }

    /** Whoever follows an address with a state wants to see it; a reload stays where it was. */
    approach() {
      const [{ type }] = performance.getEntriesByType("navigation");
      if (type === "navigate" && !location.hash && !scrollY) this.scrollIntoView({ block: "center", behavior: "instant" });
    }

    // What a figure's script has of its own
    build() {}
    update() {}
    tell() { return ""; }

    // Controls. Each is the platform's own, so that keys and screen readers know it.

    control(input, name, label) {
      const around = document.createElement("label");
      const words = document.createElement("span");
      words.textContent = label;
      around.append(words, input);
      input.name = name;
      this.known = undefined;
      this.form.append(around);
      return input;
    }

    slider(name, label, { min, max, step, value, digits = 2, unit = "" }) {
      const input = Object.assign(document.createElement("input"), { type: "range", min, max, step });
      const shown = document.createElement("span");
      input.defaultValue = input.value = value;
      input.shown = () => {
        const text = say(Number(input.value), digits) + unit;
        input.setAttribute("aria-valuetext", text);
        shown.textContent = text;
      };
      this.control(input, name, label).after(shown);
      return input;
    }

    choice(name, label, options, value) {
      const select = document.createElement("select");
      for (const option of options) {
        select.add(new Option(option, option, option === value, option === value));
      }
      return this.control(select, name, label);
    }

    check(name, label, checked = false) {
      const input = Object.assign(document.createElement("input"), { type: "checkbox", checked });
      input.defaultChecked = checked;
      return this.control(input, name, label);
    }

    button(label, act) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
      button.addEventListener("click", act);
      this.form.append(button);
      return button;
    }

    /** Keep controls side by side. */
    together(...controls) {
      const group = this.form.appendChild(document.createElement("span"));
      group.className = "together";
      group.append(...controls);
    }

    /** What not every reader needs, folded, below all else. */
    fold(title, ...parts) {
      const fold = document.createElement("details");
      fold.append(Object.assign(document.createElement("summary"), { textContent: title }), ...parts);
      this.folds.push(fold);
      return fold;
    }

    /** The values of the controls by name. */
    get state() {
      const of = (input) => input.type === "checkbox" ? input.checked
        : input.type === "range" ? Number(input.value) : input.value;
      return Object.fromEntries(this.inputs.map((input) => [input.name, of(input)]));
    }

    /** The controls; kept, since a frame asks for them often. */
    get inputs() { return this.known ??= [...this.form.elements].filter((input) => input.name); }

    /** Give controls other values, as if their reader had. */
    set(values) {
      for (const input of this.inputs.filter((input) => input.name in values)) {
        if (input.type === "checkbox") input.checked = [true, "true"].includes(values[input.name]);
        else if (input.type === "range" ? Number.isFinite(parseFloat(values[input.name]))
          : [...input.options].some((o) => o.value === values[input.name])) {
          input.value = values[input.name];
        }
      }
    }

    // The state in the address: of a figure "four" its z as ?four.z=1

    save() { return this.state; }
    load(values) { this.set(values); }

    reset() {
      this.form.reset();
      this.load({});
      this.changed();
      this.touched = false;
      this.show();
    }

    remembered() {
      const all = [...new URLSearchParams(location.search)];
      const own = all.filter(([key]) => key.startsWith(`${this.name}.`));
      return Object.fromEntries(own.map(([key, value]) => [key.slice(this.name.length + 1), value]));
    }

    remember() {
      const all = new URLSearchParams(location.search);
      const own = [...all.keys()].filter((key) => key.startsWith(`${this.name}.`));
      own.forEach((key) => all.delete(key));
      for (const [key, value] of Object.entries(this.save())) {
        if (value !== this.usual[key]) all.set(`${this.name}.${key}`, value);
      }
      const query = all.size ? `?${all}` : "";
      history.replaceState(history.state, "", `${location.pathname}${query}${location.hash}`);
    }

    /** What save() gives where nothing was touched. */
    get usual() {
      const of = (input) => input.type === "checkbox" ? input.defaultChecked
        : input.type === "range" ? Number(input.defaultValue)
          : [...input.options].find((option) => option.defaultSelected).value;
      return Object.fromEntries(this.inputs.map((input) => [input.name, of(input)]));
    }

    /** Draw a state that a reader made; say it, and keep it, once they pause. */
    changed() {
      this.touched = true;
      this.show();
      clearTimeout(this.pause);
      this.pause = setTimeout(() => {
        this.spoken.textContent = this.readout.textContent;
        this.remember();
      }, 400);
    }

    show() {
      this.inputs.forEach((input) => input.shown?.());
      this.update();
      const words = this.tell();
      this.readout.textContent = words;
      // until somebody touches it, the drawing is what the page's words say
      this.picture.setAttribute("aria-label", this.touched ? words : this.alternative);
    }

    // The drawing

    /** The parts of the page's drawing to which its snippet gave a name. */
    parts(name) { return [...this.svg.querySelectorAll(`[data-part="${name}"]`)]; }

    /** Add a shape to the drawing. */
    draw(tag, attributes, parent = this.svg) {
      const shape = this.alter(document.createElementNS(SVG, tag), attributes);
      shape.classList.add("added");
      return parent.appendChild(shape);
    }

    /** A group for shapes of one of the axes, which are cut off at its frame. */
    inside(frame) {
      const { left: x, top: y, width, height } = frame;
      const id = `${this.name}-frame-${this.frames.indexOf(frame)}`;
      this.draw("rect", { x, y, width, height }, this.draw("clipPath", { id }));
      return this.draw("g", { "clip-path": `url(#${id})` });
    }

    /** A canvas below the drawing, over one of its frames. */
    canvas({ left, top, width, height }, across, down) {
      const whole = this.svg.viewBox.baseVal;
      const canvas = document.createElement("canvas");
      Object.assign(canvas, { width: across, height: down, className: "added" });
      const share = (part, of) => `${100 * part / of}%`;
      Object.assign(canvas.style, {
        left: share(left, whole.width), top: share(top, whole.height),
        width: share(width, whole.width), height: share(height, whole.height),
      });
      this.picture.prepend(canvas);
      return canvas;
    }

    alter(shape, attributes) {
      for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
      return shape;
    }

    /** The place in the SVG that the pointer is at. */
    place(event) {
      return new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    }

    /** Call move(x, y) with the data point under the pointer while `shape` is dragged. Each needs a control, too. */
    drag(shape, frame, move) {
      shape.classList.add("handle");
      const moved = (event) => {
        move(...frame.at(this.place(event)));
        this.changed();
      };
      shape.addEventListener("pointerdown", (event) => {
        shape.setPointerCapture(event.pointerId);
        if (shape.tagName === "rect") moved(event); // a ground is pointed at, a handle is held where it is
      });
      // touch-action alone does not keep Chromium from scrolling where a shape of a drawing is touched
      const hold = (event) => getComputedStyle(shape).touchAction === "none" && event.preventDefault();
      shape.addEventListener("touchstart", hold, { passive: false });
      shape.addEventListener("pointermove", (event) => shape.hasPointerCapture(event.pointerId) && moved(event));
    }
  }

  Object.assign(book, { say, brief, SIGNS, Frame, Explorable });
})();
