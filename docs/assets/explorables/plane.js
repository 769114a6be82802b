// The line of a neuron in the plane of its two inputs.
"use strict";

(() => {
  /** Where z is 0 or more within a frame, as corners, and the ends of the line on which it is 0. z: of a data point. */
  function half(frame, z) {
    const { left, top, width, height } = frame;
    const corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([across, down]) =>
      frame.at({ x: left + across * width, y: top + down * height }));
    const side = [], line = [];
    corners.forEach((here, i) => {
      const next = corners[(i + 1) % 4];
      const [before, after] = [z(here), z(next)];
      if (before >= 0) side.push(here);
      if (before >= 0 === after >= 0) return;
      const share = before / (before - after);
      const crossing = here.map((value, k) => value + share * (next[k] - value));
      side.push(crossing);
      line.push(crossing);
    });
    return { side, line };
  }

  /** The way of an arrow between two data points; none where they are one. */
  function arrow(frame, from, to) {
    const [x0, y0, x1, y1] = [frame.x(from[0]), frame.y(from[1]), frame.x(to[0]), frame.y(to[1])];
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (length < 1) return "";
    const back = (side) => {
      const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
      return `${x1 - 8 * dx - 3 * side * dy} ${y1 - 8 * dy + 3 * side * dx}`;
    };
    return `M${x0} ${y0}L${x1} ${y1}M${back(1)}L${x1} ${y1}L${back(-1)}Z`;
  }

  /** What a neuron with two inputs computes; what rounding leaves of a sum that is 0 goes. */
  const sum = (w, b, x) => Number((w[0] * x[0] + w[1] * x[1] + b).toFixed(9));

  Object.assign(book, { half, arrow, sum });
})();
