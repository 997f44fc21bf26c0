// Two fingers zoom the drawing around the point between them; one finger scrolls, as everywhere.

/**
 * @param {HTMLElement} box
 * @param {{zoom: function(number, number[]): void, pan: function(number, number): void, signal: AbortSignal}} told
 */
export function pinch(box, { zoom, pan, signal }) {
  let last = null;
  const begin = ({ touches }) => (last = touches.length === 2 ? between(...touches) : null);
  const move = (event) => {
    if (!last || event.touches.length !== 2) return;
    event.preventDefault();
    const now = between(...event.touches);
    pan(last.point[0] - now.point[0], last.point[1] - now.point[1]);
    if (last.apart > 0 && now.apart > 0) zoom(now.apart / last.apart, now.point);
    last = now;
  };
  for (const name of ["touchstart", "touchend", "touchcancel"]) box.addEventListener(name, begin, { signal, passive: true });
  box.addEventListener("touchmove", move, { signal, passive: false });
}

function between(one, other) {
  return {
    point: [(one.clientX + other.clientX) / 2, (one.clientY + other.clientY) / 2],
    apart: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
  };
}
