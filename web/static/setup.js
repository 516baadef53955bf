// Draws what the tables say, and writes into the tables what is drawn; they alone are sent.
const form = document.querySelector("#drawing");
const picture = document.querySelector("#picture");
const [, , WIDTH, HEIGHT] = picture.getAttribute("viewBox").split(" ").map(Number);
const NEAR = 14; // Of an edge, in the picture's units: a click there adds a corner to it.
const STEP = 0.002;
const fields = [...document.querySelectorAll("fieldset.shape")];
let active = fields[0];
let dragged = null;

const element = (name, attributes, text) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
};
const kind = (field) => field.dataset.kind;
const number = (input) => (input.value.trim() === "" ? NaN : Number(input.value.replace(",", ".")));
const rows = (field) => [...field.querySelectorAll("tbody tr")];
const inputs = (row) => [...row.querySelectorAll("input")];
const share = (value) => String(Math.round(Math.min(Math.max(value, 0), 1) * 10000) / 10000);
const placed = ([x, y]) => [x * WIDTH, y * HEIGHT];

function points(field) {
  return rows(field)
    .map((row) => inputs(row).map(number))
    .filter((pair) => pair.every(Number.isFinite));
}

function addRow(field) {
  const all = rows(field);
  const made = all[0].cloneNode(true);
  const title = field.dataset.title;
  made.querySelector("th").textContent = all.length + 1;
  for (const [place, input] of inputs(made).entries()) {
    const column = field.querySelector("thead th").textContent;
    input.setAttribute("aria-label", `${title}, ${column} ${all.length + 1}, ${"xy"[place]}`);
    input.value = "";
  }
  all[0].parentNode.append(made);
}

function put(field, list) {
  while (kind(field) !== "line" && rows(field).length < list.length) addRow(field);
  for (const [place, row] of rows(field).entries()) {
    for (const [axis, input] of inputs(row).entries()) {
      input.value = place < list.length ? share(list[place][axis]) : "";
    }
  }
  draw();
}

function outline(field) {
  const list = points(field).map(placed);
  const name = { region: "region", exclude: "exclude", line: "counting" }[kind(field)];
  const group = element("g", {});
  const shape = { class: field === active ? `${name} active` : name };
  if (kind(field) === "line" && list.length === 2) {
    const [[x1, y1], [x2, y2]] = list;
    group.append(element("line", { ...shape, x1, y1, x2, y2 }));
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    for (const [side, sign] of [["forward", 1], ["backward", -1]]) {
      const x = (x1 + x2) / 2 - (sign * 46 * (y2 - y1)) / length;
      const y = (y1 + y2) / 2 + (sign * 46 * (x2 - x1)) / length + 6;
      const away = (-sign * (y2 - y1)) / length;
      const anchor = Math.abs(away) < 0.5 ? "middle" : away > 0 ? "start" : "end";
      group.append(element("text", { class: `side ${anchor}`, x, y }, form.elements[side].value));
    }
  } else if (list.length > 1 && kind(field) !== "line") {
    group.append(element("polygon", { ...shape, points: list.map(String).join(" ") }));
  }
  return group;
}

function handle(field, place, at) {
  const [cx, cy] = placed(at);
  const told = { title: field.dataset.title, number: place + 1, x: share(at[0]), y: share(at[1]) };
  const label = form.dataset.corner.replace(/\{(\w+)\}/g, (whole, key) => told[key]);
  const made = element("circle", { class: "handle", cx, cy, r: 11, tabindex: 0, role: "button", "aria-label": label });
  made.dataset.key = field.dataset.key;
  made.dataset.place = place;
  made.addEventListener("keydown", (event) => typed(event, field, place));
  made.addEventListener("focus", () => choose(field, place));
  return made;
}

function draw(focus) {
  const group = element("g", { id: "shapes" });
  for (const field of fields) group.append(outline(field));
  for (const field of fields) {
    for (const [place, at] of points(field).entries()) group.append(handle(field, place, at));
  }
  document.querySelector("#shapes").replaceWith(group);
  if (focus) focusOn(...focus);
}

function focusOn(field, place) {
  const last = points(field).length - 1;
  if (last < 0) return;
  const wanted = Math.min(Math.max(place, 0), last);
  picture.querySelector(`.handle[data-key="${field.dataset.key}"][data-place="${wanted}"]`).focus();
}

function choose(field, place) {
  if (active === field) return;
  active = field;
  document.querySelector(`#tools input[value="${field.dataset.key}"]`).checked = true;
  draw(place === undefined ? undefined : [field, place]);
}

function typed(event, field, place) {
  const step = event.shiftKey ? 10 * STEP : STEP;
  const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  const list = points(field);
  if (event.key in moves) {
    list[place] = list[place].map((value, axis) => value + moves[event.key][axis]);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    list.splice(place, 1);
  } else {
    return;
  }
  event.preventDefault();
  put(field, list);
  focusOn(field, place);
}

function pointed(event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
  return [at.x / WIDTH, at.y / HEIGHT];
}

// The place at which a new corner belongs: in the edge that it lies on, else behind the last one.
function placeOf(list, [px, py]) {
  for (let place = 0; list.length > 2 && place < list.length; place += 1) {
    const [ax, ay] = placed(list[place]);
    const [bx, by] = placed(list[(place + 1) % list.length]);
    const length = (bx - ax) ** 2 + (by - ay) ** 2 || 1;
    const along = Math.min(Math.max(((px * WIDTH - ax) * (bx - ax) + (py * HEIGHT - ay) * (by - ay)) / length, 0), 1);
    const away = Math.hypot(ax + along * (bx - ax) - px * WIDTH, ay + along * (by - ay) - py * HEIGHT);
    if (away < NEAR) return place + 1;
  }
  return list.length;
}

function add(field, at) {
  const list = points(field);
  let place = placeOf(list, at);
  if (kind(field) === "line" && list.length === 2) {
    const far = list.map((end) => Math.hypot(end[0] - at[0], end[1] - at[1]));
    place = far[0] < far[1] ? 0 : 1;
    list[place] = at;
  } else {
    list.splice(place, 0, at);
  }
  put(field, list);
  focusOn(field, place);
  return place;
}

picture.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  event.preventDefault();
  const grip = event.target.closest(".handle");
  if (grip) {
    const field = fields.find((one) => one.dataset.key === grip.dataset.key);
    dragged = [field, Number(grip.dataset.place)];
    focusOn(...dragged);
  } else {
    dragged = [active, add(active, pointed(event))];
  }
  picture.setPointerCapture(event.pointerId);
});
picture.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  const [field, place] = dragged;
  const list = points(field);
  list[place] = pointed(event);
  put(field, list);
});
for (const name of ["pointerup", "pointercancel"]) {
  picture.addEventListener(name, () => {
    if (dragged) focusOn(...dragged);
    dragged = null;
  });
}
form.addEventListener("input", (event) => event.target.closest("fieldset.shape") && draw());

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

function showTools() {
  const tools = document.querySelector("#tools");
  const heading = document.createElement("span");
  heading.id = "draw-what";
  heading.textContent = form.dataset.draw;
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-labelledby", "draw-what");
  tools.append(heading);
  for (const field of fields) {
    const label = document.createElement("label");
    const radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "active", value: field.dataset.key, checked: field === active });
    radio.addEventListener("change", () => choose(field));
    label.append(radio, field.dataset.title);
    tools.append(label);
  }
  tools.append(button(form.dataset.add, () => add(active, [0.5, 0.5])));
  tools.append(button(form.dataset.clear, () => put(active, [])));
  const keys = document.createElement("p");
  keys.className = "note";
  keys.textContent = form.dataset.keys;
  tools.after(keys);
}

showTools();
draw();
