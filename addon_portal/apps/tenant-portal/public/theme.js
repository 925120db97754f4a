// Runs before anything is painted, so that nobody sees a flash of the other theme. A file of its own, not inline: the
// page's Content-Security-Policy allows no inline script. `src/lib/theme.ts` takes over from here.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem("theme");
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  const dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
