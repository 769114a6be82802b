// The book's activation functions and their slopes, as torch has them; tests/browser compares both.
// "s" is the slope below 0 of those that have one to choose.
"use strict";

(() => {
  const sigmoid = (z) => z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
  const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  const bell = (z) => Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI); // the slope of below(z)

  /** Phi, the share of a normal distribution below z: by its series, and far out by a continued fraction. */
  function below(z) {
    if (Math.abs(z) < 4) {
      let term = z, sum = z;
      for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) sum += term *= z * z / (2 * k + 1);
      return 0.5 + bell(z) * sum;
    }
    let tail = 0;
    for (let k = 60; k > 0; k--) tail = k / (Math.abs(z) + tail);
    tail = bell(z) / (Math.abs(z) + tail);
    return z < 0 ? tail : 1 - tail;
  }

  const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };
  const C = Math.sqrt(2 / Math.PI), K = 0.044715; // of GELU by tanh
  const clamp = (z) => Math.min(1, Math.max(0, z / 6 + 0.5));
  const inner = (z, width) => Math.abs(z) < width ? 1 : 0;
  const bend = (z) => Math.tanh(C * (z + K * z ** 3));

  const activations = {
    "sigmoid": { a: sigmoid, slope: (z) => sigmoid(z) * sigmoid(-z) },
    "tanh": { a: Math.tanh, slope: (z) => 1 / Math.cosh(z) ** 2 },
    "ReLU": { a: (z) => Math.max(0, z), slope: (z) => z > 0 ? 1 : 0 },
    "Leaky ReLU": { a: (z, s = 0.01) => z > 0 ? z : s * z, slope: (z, s = 0.01) => z > 0 ? 1 : s, s: 0.01 },
    "PReLU": { a: (z, s = 0.25) => z > 0 ? z : s * z, slope: (z, s = 0.25) => z > 0 ? 1 : s, s: 0.25 },
    "RReLU": { a: (z, s = 11 / 48) => z > 0 ? z : s * z, slope: (z, s = 11 / 48) => z > 0 ? 1 : s, s: 11 / 48 },
    "ELU": { a: (z) => z > 0 ? z : Math.expm1(z), slope: (z) => z > 0 ? 1 : Math.exp(z) },
    "SELU": {
      a: (z) => SELU.scale * (z > 0 ? z : SELU.alpha * Math.expm1(z)),
      slope: (z) => SELU.scale * (z > 0 ? 1 : SELU.alpha * Math.exp(z)),
    },
    "softplus": { a: softplus, slope: sigmoid },
    "SiLU": { a: (z) => z * sigmoid(z), slope: (z) => sigmoid(z) * (1 + z * sigmoid(-z)) },
    "Mish": {
      a: (z) => z * Math.tanh(softplus(z)),
      slope: (z) => Math.tanh(softplus(z)) + z * sigmoid(z) / Math.cosh(softplus(z)) ** 2,
    },
    "GELU": { a: (z) => z * below(z), slope: (z) => below(z) + z * bell(z) },
    "GELU by tanh": {
      a: (z) => z / 2 * (1 + bend(z)),
      slope: (z) => (1 + bend(z)) / 2 + z / 2 * (1 - bend(z) ** 2) * C * (1 + 3 * K * z * z),
    },
    "hard sigmoid": { a: clamp, slope: (z) => inner(z, 3) / 6 },
    "hard tanh": { a: (z) => Math.min(1, Math.max(-1, z)), slope: (z) => inner(z, 1) },
    "hard swish": { a: (z) => z * clamp(z), slope: (z) => clamp(z) + z * inner(z, 3) / 6 },
    "identity": { a: (z) => z, slope: () => 1 },
  };

  Object.assign(book, { activations, softplus, sigmoid });
})();
