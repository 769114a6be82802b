// needs network
// What a setting of the playground begins with: points, first weights and batches. All come from a seed, and
// snippets/training/playground.py has the same, so that Python can repeat each run.
"use strict";

(() => {
  const HALF = 120; // examples to train with, and as many to test

  /** A point of a set of data, and its class, which XOR decides. */
  function point(data, y, { uniform }) {
    if (data === "XOR") {
      const x = [2 * uniform() - 1, 2 * uniform() - 1];
      return [...x, Number(x[0] * x[1] < 0)];
    }
    const side = 1 - 2 * y, u = uniform();
    if (data === "moons") {
      const turn = Math.PI * u;
      return [0.62 * side * (Math.cos(turn) - 0.5), 0.62 * side * (Math.sin(turn) - 0.25), y];
    }
    const far = data === "spiral" ? 0.1 + 0.85 * u : 0.9 - 0.5 * y;
    const turn = 2 * Math.PI * u + (data === "spiral" ? Math.PI * y : 0);
    return [far * Math.cos(turn), far * Math.sin(turn), y];
  }

  /** The columns i of rows that lie one after another. */
  const columns = (x, m, order) => Float64Array.from(
    { length: x.length / m * order.length },
    (_, i) => x[Math.floor(i / order.length) * m + order[i % order.length]],
  );

  function begin({ data, noise, layers, units, first, seed }) {
    const chance = book.generator(seed), rows = [];
    for (let i = 0; i < 2 * HALF; i++) {
      const [x1, x2, y] = point(data, i % 2, chance);
      rows.push([x1 + noise * chance.normal(), x2 + noise * chance.normal(), y]);
    }
    const part = (from) => {
      const own = rows.slice(from, from + HALF);
      return { x: Float64Array.from([0, 1].flatMap((n) => own.map((row) => row[n]))), y: Float64Array.from(own, (row) => row[2]), m: HALF };
    };
    const sizes = [2, ...Array(layers).fill(units), 1];
    return { train: part(0), test: part(HALF), layers: book.initialise(sizes, chance, first ** 2), chance };
  }

  /** The examples of each step, for ever; all are shuffled for each epoch. */
  function* batches({ batch }, { x, y, m }, { uniform }) {
    const order = Array.from({ length: m }, (_, i) => i);
    for (;;) {
      if (batch < m) {
        for (let last = m - 1; last > 0; last--) {
          const other = Math.floor(uniform() * (last + 1));
          [order[last], order[other]] = [order[other], order[last]];
        }
      }
      for (let start = 0; start < m; start += batch) {
        const some = order.slice(start, start + batch);
        yield { x: columns(x, m, some), y: columns(y, m, some), m: some.length };
      }
    }
  }

  Object.assign(book, { begin, batches });
})();
