// Answers by keyboard: a key presses the button that bears its name, once.
let sent = false;

document.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const key = CSS.escape(event.key.toLowerCase());
  const button = document.querySelector(`button[data-key="${key}"]:enabled`);
  if (button) button.click();
});

// A page that the browser kept may be answered again.
window.addEventListener("pageshow", () => { sent = false; });
