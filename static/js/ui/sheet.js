/** The phone's bottom sheet: three stops, by thumb, by button and by keyboard. */

const STOPS = ["peek", "half", "full"];
const TAP_PX = 6;

/** `frame` carries data-stop; `panel` is the sheet; `handle` is the button that moves it. */
export function wireSheet(frame, panel, handle) {
  const stop = () => frame.dataset.stop ?? "half";

  function goTo(name) {
    frame.dataset.stop = name;
    handle.setAttribute("aria-expanded", String(name !== "peek"));
    if (name === "peek") panel.querySelector(".panel-scroll").scrollTop = 0;
  }

  function step(by) {
    const index = STOPS.indexOf(stop()) + by;
    goTo(STOPS[Math.max(0, Math.min(STOPS.length - 1, index))]);
  }

  wireDrag(panel, handle, {
    onTap: () => (stop() === "full" ? goTo("peek") : step(1)),
    onDrop: (height_px) => goTo(nearestStop(height_px, frame.clientHeight)),
  });
  handle.addEventListener("keydown", (event) => {
    if (event.key === "ArrowUp") step(1);
    else if (event.key === "ArrowDown") step(-1);
    else return;
    event.preventDefault();
  });
  // A click without a pointer is Enter, Space or a screen reader.
  handle.addEventListener("click", (event) => {
    if (event.detail === 0) stop() === "full" ? goTo("peek") : step(1);
  });
  goTo(stop());
  return {
    goTo,
    stop,
    atLeast: (name) => STOPS.indexOf(stop()) < STOPS.indexOf(name) && goTo(name),
  };
}

function wireDrag(panel, handle, { onTap, onDrop }) {
  let start = null;

  handle.addEventListener("pointerdown", (event) => {
    start = { y: event.clientY, height: panel.offsetHeight };
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (!start) return;
    panel.classList.add("is-dragged");
    panel.style.height = `${Math.max(80, start.height + start.y - event.clientY)}px`;
  });
  const finish = (event) => {
    if (!start) return;
    const moved_px = start.y - event.clientY;
    const height_px = start.height + moved_px;
    start = null;
    panel.classList.remove("is-dragged");
    panel.style.height = "";
    if (Math.abs(moved_px) < TAP_PX) onTap();
    else onDrop(height_px);
  };
  handle.addEventListener("pointerup", finish);
  handle.addEventListener("pointercancel", finish);
}

function nearestStop(height_px, frame_px) {
  const share = height_px / frame_px;
  if (share < 0.35) return "peek";
  return share < 0.75 ? "half" : "full";
}
