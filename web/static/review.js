// Plays a blurred minute and takes keys: one for each rider, by direction. What the program counted is not here.
const form = document.getElementById("counting");
const view = document.getElementById("view");
const told = document.getElementById("told");
const position = document.getElementById("position");
const length = Number(form.dataset.seconds);
const presses = [];
let pictures = [];
let at = 0;
let playing = false;
let seen = 0;
let last = 0;
let shown = -1;
let speed = 1;

const say = (text) => { told.textContent = text; };

async function load() {
  const answer = await fetch(form.dataset.pictures);
  if (!answer.ok) { say(form.dataset.failed); return; }
  const bytes = await answer.arrayBuffer();
  const head = new DataView(bytes);
  for (let place = 0; place + 12 <= bytes.byteLength;) {
    const size = head.getUint32(place + 8, true);
    const jpeg = new Blob([new Uint8Array(bytes, place + 12, size)], { type: "image/jpeg" });
    pictures.push({ second: head.getFloat64(place, true), jpeg });
    place += 12 + size;
  }
  await show();
  say(form.dataset.ready);
  form.dataset.state = "ready";
}

async function show() {
  let place = pictures.findIndex((one) => one.second > at) - 1;
  if (place === -2) place = pictures.length - 1;
  place = Math.max(place, 0);
  if (place === shown || !pictures.length) return;
  shown = place;
  const image = await createImageBitmap(pictures[place].jpeg);
  if (view.width !== image.width) { view.width = image.width; view.height = image.height; }
  view.getContext("2d").drawImage(image, 0, 0);
}

function tick(now) {
  if (!playing) return;
  at = Math.min(at + speed * (now - last) / 1000, length);
  last = now;
  seen = Math.max(seen, at);
  position.value = at;
  show();
  if (at >= length) {
    playing = false;
    document.getElementById("handin").disabled = false;
    say(form.dataset.over);
    return;
  }
  requestAnimationFrame(tick);
}

function play() {
  if (!pictures.length) return;
  if (!playing && at >= length) at = 0;
  playing = !playing;
  last = performance.now();
  if (playing) requestAnimationFrame(tick);
}

function count() {
  for (const button of document.querySelectorAll(".way")) {
    button.querySelector("output").textContent = presses.filter((one) => one[0] === button.dataset.way).length;
  }
  form.elements.presses.value = JSON.stringify(presses);
}

function press(way, name) {
  if (!pictures.length || !seen) return;
  const second = Math.min(at, length - 0.001);
  presses.push([way, Number(second.toFixed(3))]);
  count();
  say(`${name}: ${form.dataset.pressed.replace("{second}", second.toFixed(1))}`);
}

function undo() {
  if (presses.pop()) { count(); say(form.dataset.undone); }
}

function faster(more) {
  speed = Math.min(Math.max(more ? 2 * speed : speed / 2, 0.5), 4);
  document.getElementById("speed").textContent = speed;
}

document.getElementById("slower").addEventListener("click", () => faster(false));
document.getElementById("faster").addEventListener("click", () => faster(true));
document.getElementById("play").addEventListener("click", play);
document.getElementById("undo").addEventListener("click", undo);
document.getElementById("again").addEventListener("click", () => { at = 0; shown = -1; position.value = 0; show(); });
for (const button of document.querySelectorAll(".way")) {
  button.addEventListener("click", () => press(button.dataset.way, button.firstChild.textContent.trim()));
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  // A button that has the focus does its own.
  if (event.target.tagName === "BUTTON" && (event.key === " " || event.key === "Enter")) return;
  const way = document.querySelector(`.way[data-key="${CSS.escape(event.key)}"]`);
  if (event.key === " ") play();
  else if (event.key === "Backspace") undo();
  else if (event.key === "+" || event.key === "-") faster(event.key === "+");
  else if (event.key === "0") document.getElementById("again").click();
  else if (way) press(way.dataset.way, way.firstChild.textContent.trim());
  else if (event.key === "Enter" && event.target.tagName !== "A" && !document.getElementById("handin").disabled) form.requestSubmit();
  else return;
  event.preventDefault();
});
load().catch(() => say(form.dataset.failed));
