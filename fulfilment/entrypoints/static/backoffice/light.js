// The back office follows the light of the person's system, at once. Unfold looks at it only when a page opens, and
// its Ctrl+E would turn half of the page to the other light.
document.addEventListener("alpine:init", () => {
  const unfolds = window.theme;
  const night = window.matchMedia("(prefers-color-scheme: dark)");
  window.theme = () => {
    const theme = unfolds();
    return {
      ...theme,
      night: night.matches,
      init() {
        theme.init.call(this);
        night.addEventListener("change", () => { this.night = night.matches; });
      },
      themeBindings: {
        "x-bind:class"() { return this.night ? "dark" : ""; },
      },
    };
  };
});
