// The page works without this. With it, Escape closes a note, and a note near the edge of the window is moved inside.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.body.classList.add("dismissed");
});
for (const name of ["focusin", "mouseover"]) {
  document.addEventListener(name, (event) => {
    const mark = event.target.closest("mark");
    if (!mark) return;
    document.body.classList.remove("dismissed");
    const note = mark.querySelector(".note");
    if (getComputedStyle(note).position !== "absolute") return;
    note.style.translate = "none";
    const over = note.getBoundingClientRect().right - document.documentElement.clientWidth + 8;
    if (over > 0) note.style.translate = `${-over}px`;
  });
}
