// The position of a demand: asked for on a press only, and shown before it is sent.
(() => {
  const part = document.querySelector("[data-position]");
  if (!part || !navigator.geolocation) return;
  const said = part.querySelector("[role=status]");
  part.hidden = false;
  part.querySelector("button").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        part.querySelector("input").value = `${coords.latitude.toFixed(6)},${coords.longitude.toFixed(6)}`;
        said.textContent = "";
      },
      () => { said.textContent = part.dataset.failed; },
      { timeout: 15000 },
    );
  });
})();
