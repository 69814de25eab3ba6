// What needs a passkey is shown where the browser can use one: with a name as address, and never with a number.
document.addEventListener("DOMContentLoaded", () => {
  const able = window.PublicKeyCredential && !/^[\d.]+$|^\[/.test(location.hostname);
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = (part.dataset.passkey === "able") !== Boolean(able);
});
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const said = document.querySelector("[data-passkey-failed]");
  if (!said) return;
  said.hidden = false;
  said.focus();
});
