// needs activations
// The book's own forward, backward, optimisers and update, in double precision, in the order of its chapters.
// Matrices are stored row by row: W has a row for each unit; x, z and a have a row for each unit, a column for each example.
"use strict";

(() => {
  const zeros = (like) => new Float64Array(like.length);

  /** A layer from nested lists, as the book writes W and b. */
  function layer({ W, b }) {
    return { W: Float64Array.from(W.flat()), b: Float64Array.from(b.flat()), units: W.length, inputs: W[0].length };
  }

  /** z = W x + b */
  function affine({ W, b, units, inputs }, x, m) {
    const z = new Float64Array(units * m);
    for (let k = 0; k < units; k++) {
      const row = z.subarray(k * m, (k + 1) * m).fill(b[k]);
      for (let n = 0; n < inputs; n++) {
        const w = W[k * inputs + n];
        for (let i = 0, at = n * m; i < m; i++) row[i] += w * x[at + i];
      }
    }
    return z;
  }

  /** What each layer was given and computed: [{ x, z, a }]. names: of the activation functions. */
  function forward(x, layers, names, m) {
    const caches = [];
    for (const [l, layer] of layers.entries()) {
      const { a: g, s } = book.activations[names[l]];
      const z = affine(layer, x, m);
      const a = new Float64Array(z.length);
      for (let i = 0; i < z.length; i++) a[i] = g(z[i], s); // three times as quick as map
      caches.push({ x, z, a });
      x = a;
    }
    return caches;
  }

  /** dW and db of each layer, from dz of the last, which is y_hat - y. */
  function backward(dz, caches, layers, names, m) {
    const gradients = [];
    for (let l = layers.length - 1; l >= 0; l--) {
      const { W, b, units, inputs } = layers[l];
      const { x } = caches[l];
      const dW = zeros(W), db = zeros(b), dx = new Float64Array(inputs * m);
      for (let k = 0; k < units; k++) {
        const row = dz.subarray(k * m, (k + 1) * m);
        db[k] = row.reduce((sum, one) => sum + one, 0) / m;
        for (let n = 0; n < inputs; n++) {
          const w = W[k * inputs + n];
          let sum = 0;
          for (let i = 0, at = n * m; i < m; i++) {
            sum += row[i] * x[at + i];
            dx[at + i] += w * row[i];
          }
          dW[k * inputs + n] = sum / m;
        }
      }
      gradients.unshift({ dW, db, dz });
      if (l > 0) {
        const { slope, s } = book.activations[names[l - 1]];
        dz = dx.map((da, i) => da * slope(caches[l - 1].z[i], s));
      }
    }
    return gradients;
  }

  /** The mean cross-entropy of sigmoid(z), which is free of overflow. */
  function loss(z, y) {
    return z.reduce((sum, one, i) => sum + y[i] * book.softplus(-one) + (1 - y[i]) * book.softplus(one), 0) / z.length;
  }

  // Each turns a slope into a direction; v, s and t are what it remembers.
  const optimisers = {
    "plain": (dw) => dw,
    "momentum": (dw, memory, i) => memory.v[i] = 0.9 * memory.v[i] + dw,
    "RMSProp": (dw, memory, i) => {
      memory.s[i] = 0.99 * memory.s[i] + (1 - 0.99) * dw ** 2;
      return dw / (Math.sqrt(memory.s[i]) + 1e-8);
    },
    "Adam": (dw, memory, i) => {
      memory.v[i] = 0.9 * memory.v[i] + (1 - 0.9) * dw;
      memory.s[i] = 0.999 * memory.s[i] + (1 - 0.999) * dw ** 2;
      const v = memory.v[i] / (1 - 0.9 ** memory.t), s = memory.s[i] / (1 - 0.999 ** memory.t);
      return v / (Math.sqrt(s) + 1e-8);
    },
  };

  /** W - eta dW and b - eta db, along the optimiser's direction. decay: of the weights. */
  function update(layers, gradients, rate, optimiser = "plain", decay = 0) {
    const turn = optimisers[optimiser];
    const move = (layer, key, slopes, decay) => {
      layer.memory ??= {};
      const memory = layer.memory[key] ??= { v: zeros(slopes), s: zeros(slopes), t: 0 };
      memory.t += 1;
      const old = layer[key];
      layer[key] = old.map((w, i) => w - rate * (turn(slopes[i], memory, i) + decay * w));
    };
    layers.forEach((layer, l) => {
      move(layer, "W", gradients[l].dW, decay);
      move(layer, "b", gradients[l].db, 0);
    });
  }

  /** One step of training, over some columns; returns the loss before it. */
  function step(layers, names, x, y, m, rate, optimiser, decay) {
    const caches = forward(x, layers, names, m);
    const last = caches.at(-1);
    const dz = last.a.map((y_hat, i) => y_hat - y[i]);
    const gradients = backward(dz, caches, layers, names, m);
    update(layers, gradients, rate, optimiser, decay);
    return loss(last.z, y);
  }

  /** Random numbers from 0 to 1 that a seed repeats (mulberry32), and normal ones of them. */
  function generator(seed) {
    const uniform = () => {
      seed = seed + 0x6D2B79F5 | 0;
      let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
      t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
      return ((t ^ t >>> 14) >>> 0) / 4294967296;
    };
    const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    return { uniform, normal };
  }

  /** Weights with mean 0 and variance gain / inputs; biases 0. */
  function initialise(sizes, { normal }, gain = 1) {
    return sizes.slice(1).map((units, l) => {
      const inputs = sizes[l];
      const W = Float64Array.from({ length: units * inputs }, () => normal() * Math.sqrt(gain / inputs));
      return { W, b: new Float64Array(units), units, inputs };
    });
  }

  /** What a pixel of class 1 is, of four bytes, the surer the darker; `sure` has a soft edge at one half. */
  function shade(sure) {
    const inside = Math.min(1, Math.max(0, (sure - 0.5) * 12 + 0.5));
    return inside * (36 + 40 * sure) << 24 | 0x1460d5;
  }

  /** Shade where y_hat is above one half, in one of the drawing's frames. */
  class Region {
    constructor(explorable, frame, side = 44) {
      const { left: x, top: y, width, height } = frame;
      this.canvas = explorable.canvas(frame, side, side);
      const [first, last] = [frame.at({ x, y: y + height }), frame.at({ x: x + width, y })];
      this.points = new Float64Array(2 * side * side);
      for (let i = 0; i < side * side; i++) {
        this.points[i] = first[0] + (last[0] - first[0]) * (i % side + 0.5) / side;
        this.points[side * side + i] = last[1] + (first[1] - last[1]) * (Math.floor(i / side) + 0.5) / side;
      }
      this.side = side;
    }

    /** y_hat: for each of the points, from 0 to 1. */
    show(y_hat) {
      const context = this.canvas.getContext("2d");
      const pixels = context.createImageData(this.side, this.side);
      const words = new Int32Array(pixels.data.buffer);
      for (let i = 0; i < y_hat.length; i++) words[i] = shade(y_hat[i]);
      context.putImageData(pixels, 0, 0);
    }
  }

  Object.assign(book, { layer, affine, forward, backward, loss, optimisers, update, step, generator, initialise, shade, Region });
})();
