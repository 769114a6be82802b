// needs trainer datasets
// <network-playground>: choose data, network and optimiser, train, and look inside.
"use strict";

(() => {
  const OWN = "your own"; // what is none of the page's experiments

  customElements.define("network-playground", class extends book.Trainer {
    build() {
      this.trainer({ most: 2000, step: 600, pace: 10 });
      const choice = (name, label, options, value) => this.choice(name, label, options.map(String), String(value));
      choice("until", "train for", [600, 2000], 600);
      choice("data", "data", ["XOR", "moons", "circles", "spiral"], "spiral");
      this.slider("noise", "noise", { min: 0, max: 0.3, step: 0.01, value: 0.02 });
      this.slider("layers", "hidden layers", { min: 0, max: 3, step: 1, value: 2, digits: 0 });
      this.slider("units", "units in each", { min: 1, max: 8, step: 1, value: 8, digits: 0 });
      choice("activation", "activation", ["sigmoid", "tanh", "ReLU", "Leaky ReLU"], "tanh");
      choice("optimiser", "optimiser", Object.keys(book.optimisers), "Adam");
      choice("rate", "learning rate", [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10], 0.03);
      choice("batch", "batch", [1, 10, 30, 120], 30);
      choice("decay", "weight decay", [0, 0.001, 0.01, 0.03, 0.1, 0.3], 0);
      this.slider("first", "first weights ×", { min: 0, max: 5, step: 0.1, value: 1, digits: 1 });
      this.slider("seed", "seed", { min: 1, max: 20, step: 1, value: 1, digits: 0 });
      this.experiments();
      this.code = document.createElement("code");
      const shown = document.createElement("pre");
      shown.tabIndex = 0;
      shown.append(this.code);
      this.export = this.fold("The same training in Python", shown);
      this.form.before(this.readout); // on a phone the controls are longer than the screen
      this.form.addEventListener("input", ({ target }) => this.altered(target));
      const [answer, curve, lengths, sheet] = this.frames;
      this.points = this.inside(answer); // noise may throw some out of the picture
      Object.assign(this, { answer, curve, lengths, sheet, region: new book.Region(this, answer, 32) });
      this.shades = this.canvas(sheet, 224, 72);
      this.one = Object.assign(document.createElement("canvas"), { width: 16, height: 16 });
      const line = { fill: "none", "stroke-width": 1.8 };
      this.training = this.draw("path", { ...line, stroke: "var(--figure-blue)" });
      this.test = this.draw("path", { ...line, stroke: "var(--figure-orange)", "stroke-dasharray": "5 2.5" });
      this.bars = this.draw("path", { fill: "none", "stroke-width": 9, stroke: "var(--figure-green)" });
      this.squares = this.draw("path", { fill: "none", stroke: "currentColor", "stroke-width": 0.6 });
      this.rows = [1, 2, 3].map((l) => {
        const place = { x: sheet.x(-0.15), y: sheet.y(l - 0.42), "text-anchor": "end", "font-size": 13 };
        const row = this.draw("text", place);
        row.textContent = `layer ${l}`;
        return row;
      });
      this.dead = this.draw("path", { fill: "none", stroke: "currentColor", "stroke-width": 1.4 });
    }

    /** A choice of the page's experiments, each of which sets the other controls, and begins. */
    experiments() {
      const all = this.numbers.experiments;
      const select = this.choice("", "experiment", [OWN, ...Object.keys(all)], OWN);
      this.form.prepend(select.parentElement);
      this.experiment = select;
      const word = (text) => String(text).toLowerCase().replace(" ", "_");
      select.addEventListener("input", () => {
        const setting = all[select.value] ?? {};
        for (const input of this.inputs.filter(({ name }) => name in setting)) {
          const options = [...input.options ?? []].map((option) => option.value);
          const value = setting[input.name];
          input.value = options.find((option) => word(option) === word(value)) ?? value;
        }
        if (select.value in all) this.clock.value = 0;
      });
    }

    /** What another setting makes new is all but how long to train; and it is no longer the page's experiment. */
    altered(control) {
      const { clock, experiment, form: { elements: { until } } } = this;
      if ([clock, until].includes(control)) return;
      this.stale = true;
      if (control !== experiment) experiment.value = OWN;
    }

    get goal() { return Number(this.state.until); }

    get setting() {
      const { rate, batch, decay, ...others } = this.state;
      return { ...others, rate: Number(rate), batch: Number(batch), decay: Number(decay) };
    }

    begin() {
      const setting = this.setting, { layers, train, test, chance } = book.begin(setting);
      const names = [...Array(setting.layers).fill(setting.activation), "sigmoid"];
      const batches = book.batches(setting, train, chance);
      const keep = () => layers.map(({ W, b, units, inputs }) => ({ W, b, units, inputs }));
      const run = { names, train, test, history: [keep()], losses: [] };
      const note = () => run.losses.push([train, test].map(({ x, y, m }) => book.loss(book.forward(x, layers, names, m).at(-1).z, y)));
      note();
      run.learn = () => {
        const { x, y, m } = batches.next().value;
        book.step(layers, names, x, y, m, setting.rate, setting.optimiser, setting.decay);
        run.history.push(keep());
        if (run.history.length % 10 === 1) note();
      };
      this.scatter(run);
      return run;
    }

    /** Draw the points, those to test smaller. */
    scatter({ train, test }) {
      const path = ({ x, y, m }, wanted, r) => Array.from(y, (target, i) => {
        const [left, top] = [this.answer.x(x[i]), this.answer.y(x[m + i])];
        if (target !== wanted) return "";
        return wanted ? `M${left - r} ${top - r}h${2 * r}v${2 * r}h${-2 * r}z` : `M${left + r} ${top}a${r} ${r} 0 1 1 ${-2 * r} 0a${r} ${r} 0 1 1 ${2 * r} 0z`;
      }).join("");
      const looks = [{ fill: "var(--figure-paper)", stroke: "var(--figure-blue)" }, { fill: "var(--figure-orange)", stroke: "none" }];
      this.points.replaceChildren();
      for (const [part, r] of [[test, 1.1], [train, 2.2]]) {
        looks.forEach((look, wanted) => this.draw("path", { ...look, d: path(part, wanted, r) }, this.points));
      }
    }

    update() {
      const { run } = this;
      const own = [this.region.canvas, this.shades, this.points, this.training, this.test, this.bars, this.squares, this.dead];
      this.swap(own, "drawn");
      this.rows.forEach((row, l) => row.classList.toggle("hidden", !run || l >= run.names.length - 1));
      this.code.textContent = this.python();
      if (run) this.paint(run, run.history[this.taken]);
    }

    paint(run, layers) {
      const { train, test, names, losses } = run, { curve, lengths, region } = this;
      const seen = book.forward(region.points, layers, names, region.side ** 2);
      region.show(seen.at(-1).a);
      const caches = book.forward(train.x, layers, names, train.m);
      const errors = caches.at(-1).a.map((y_hat, i) => y_hat - train.y[i]);
      const gradients = book.backward(errors, caches, layers, names, train.m);
      const norms = gradients.map(({ dW, db }) => Math.hypot(...dW, ...db));
      const z = book.forward(test.x, layers, names, test.m).at(-1).z;
      const dead = this.units(seen.slice(0, -1), caches, names);
      const loss = [book.loss(caches.at(-1).z, train.y), book.loss(z, test.y)];
      const right = z.filter((one, i) => one > 0 === test.y[i] > 0).length / test.m;
      this.heard = { loss, norms, right, dead, units: seen.slice(0, -1).reduce((sum, { z }) => sum + z.length / region.side ** 2, 0) };
      const past = losses.slice(0, Math.floor(this.taken / 10) + 1).map((both, i) => [10 * i, both]);
      const way = (n) => curve.line([...past, [this.taken, loss]].map(([step, both]) => [step, Math.min(1, both[n])]));
      this.alter(this.training, { d: way(0) });
      this.alter(this.test, { d: way(1) });
      const top = (norm) => Math.min(1, Math.max(-6, Math.log10(norm)));
      this.alter(this.bars, { d: norms.map((norm, l) => lengths.line([[l + 1, -6], [l + 1, top(norm)]])).join("") });
    }

    /** Draw where each hidden unit's z is above 0, and cross out those that are dead; return how many are. */
    units(seen, caches, names) {
      const context = this.shades.getContext("2d"), size = this.region.side ** 2;
      context.clearRect(0, 0, this.shades.width, this.shades.height);
      let squares = "", crosses = "", dead = 0;
      seen.forEach(({ z }, l) => {
        for (let k = 0; k < z.length / size; k++) {
          this.unit(z.subarray(k * size, (k + 1) * size));
          context.drawImage(this.one, 28 * k + 3, 24 * l + 1, 22, 22);
          const [left, right] = [k + 3 / 28, k + 25 / 28], [top, bottom] = [l + 1 / 24, l + 23 / 24];
          squares += this.sheet.line([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]);
          const { slope, s } = book.activations[names[l]], { z: own } = caches[l], m = own.length * size / z.length;
          if (own.subarray(k * m, (k + 1) * m).some((one) => slope(one, s) !== 0)) continue;
          dead += 1;
          crosses += this.sheet.line([[left, top], [right, bottom]]) + this.sheet.line([[left, bottom], [right, top]]);
        }
      });
      this.alter(this.squares, { d: squares });
      this.alter(this.dead, { d: crosses });
      return dead;
    }

    /** Draw one unit in `this.one`, from every other point of the region. */
    unit(z) {
      const side = this.region.side / 2, context = this.one.getContext("2d");
      const pixels = context.createImageData(side, side), words = new Int32Array(pixels.data.buffer);
      for (let i = 0; i < side * side; i++) {
        const at = 4 * side * Math.floor(i / side) + 2 * (i % side);
        words[i] = book.shade(Math.min(1, 0.5 + z[at]));
      }
      context.putImageData(pixels, 0, 0);
    }

    tell() {
      const { loss, right, dead, units, norms } = this.run ? this.heard : this.numbers.drawn;
      const taken = this.run ? this.taken : this.state.step;
      return `After ${taken} step${taken === 1 ? "" : "s"}: loss ${book.say(loss[0], 3)}, on test points ${book.say(loss[1], 3)}, `
        + `${book.say(100 * right, 1)} % of them right. ${units ? `Dead: ${dead} of ${units} hidden units. ` : ""}`
        + `Length of the gradient, layer by layer: ${norms.map(book.brief).join(", ")}.`;
    }

    /** The lines that train the same network, by the functions of the book. */
    python() {
      const { step, data, noise, layers, units, activation, optimiser, rate, batch, decay, first, seed } = this.setting;
      return `# in the folder of the book's code
from snippets.propagation.backward import backward
from snippets.propagation.forward import forward
from snippets.training.index import remember_nothing, step_by
from snippets.training.playground import *

setting = Setting("${data}", ${noise}, ${layers}, ${units}, "${activation.toLowerCase().replace(" ", "_")}", "${optimiser}", ${rate}, ${batch}, ${decay}, ${first}, ${seed})
layers, x, y, *_, chance = begin(setting)
memories = remember_nothing(layers)
for batch in batches(setting, chance, steps=${step}):
    y_hat, caches = forward(x[:, batch], layers, setting.names)
    gradients = backward(y_hat - y[:, batch], caches, setting.names)
    layers, memories = step_by(OPTIMISERS[setting.optimiser], layers, gradients, memories, setting.rate, setting.decay)
print(look(setting, layers))
`;
    }
  });
})();
