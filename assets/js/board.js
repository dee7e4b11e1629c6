import Sortable from "sortablejs";

/** A board's column: a card dropped on another makes the gesture that its own menu offers for that column. */
export function board(column) {
  new Sortable(column, {
    group: "board",
    sort: false,
    draggable: ".board-card",
    filter: "summary, button, .menu-panel",
    preventOnFilter: false,
    // By pointer events rather than the browser's own dragging, which takes the links on a card away alone.
    forceFallback: true,
    fallbackTolerance: 6,
    delay: 250,
    delayOnTouchOnly: true,
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    ghostClass: "is-ghost",
    onEnd(event) {
      if (event.to === event.from) return;
      const gesture = event.item.querySelector(`[data-move-to="${event.to.dataset.board}"]`);
      if (!gesture) return;
      if (gesture.matches("a")) location.assign(gesture.href);
      else gesture.form.requestSubmit(gesture);
    },
  });
}
