"use strict";
(() => {
  const ROW = 20;
  const LEAST_PIXELS = 1;
  const NARROW_PIXELS = 24;
  const byId = id => document.getElementById(id);
  const [graph, search, found, out, detail] = ["graph", "search", "found", "out", "detail"].map(byId);
  const { unit, names, nodes } = JSON.parse(byId("data").textContent);
  const root = read();
  let zoomed = root;
  let current = root;
  let words = "";
  const shown = new Map();

  // The nodes come in the order of a walk, each as name, depth, total, self.
  function read() {
    const open = [];
    for (let at = 0; at < nodes.length; at += 4) {
      const [name, depth, total, self] = nodes.slice(at, at + 4);
      const parent = open[depth - 1] ?? null;
      const node = { name: names[name], tone: name % 4, depth, total, self, parent, children: [], start: parent ? parent.next : 0 };
      node.next = node.start;
      if (parent) {
        parent.children.push(node);
        parent.next += total;
      }
      open[depth] = node;
    }
    return open[0];
  }

  function figure(weight) {
    const number = (value, digits) => value.toLocaleString("en", { maximumFractionDigits: digits });
    if (unit === "bytes")
      return weight >= 1048576 ? `${number(weight / 1048576, 1)} MiB` : `${number(weight / 1024, 1)} KiB`;
    return unit === "ns" ? `${number(weight / 1e6, 1)} ms` : `${number(weight, 0)} ${weight === 1 ? "sample" : "samples"}`;
  }

  const part = weight => `${(100 * weight / Math.max(1, root.total)).toFixed(1)}%`;
  const isFound = node => words !== "" && node.name.toLowerCase().includes(words);
  const label = node => `${node.name}: ${figure(node.total)}, ${part(node.total)}; itself ${part(node.self)}`;


  function draw(focus) {
    shown.clear();
    const width = graph.clientWidth;
    const scale = width / Math.max(1, zoomed.total);
    const frames = [];
    let deepest = 0;
    const add = (node, left, pixels, above) => {
      deepest = Math.max(deepest, node.depth);
      frames.push(frame(node, left, pixels, above));
    };
    for (let at = zoomed.parent; at; at = at.parent)
      add(at, 0, width, true);
    const open = [zoomed];
    while (open.length > 0) {
      const node = open.pop();
      const pixels = node.total * scale;
      if (pixels < LEAST_PIXELS && node !== zoomed)
        continue;
      add(node, (node.start - zoomed.start) * scale, pixels, false);
      open.push(...node.children);
    }
    graph.replaceChildren(...frames);
    graph.style.height = `${(deepest + 1) * ROW}px`;
    out.disabled = zoomed === root;
    if (!shown.has(current))
      current = zoomed;
    shown.get(current).tabIndex = 0;
    if (focus)
      move(current);
  }

  function frame(node, left, pixels, above) {
    const element = document.createElement("button");
    element.type = "button";
    element.tabIndex = -1;
    element.className = `frame f${node.tone}`;
    element.classList.toggle("above", above);
    element.classList.toggle("narrow", pixels < NARROW_PIXELS);
    element.classList.toggle("found", isFound(node));
    element.setAttribute("role", "treeitem");
    element.setAttribute("aria-level", node.depth + 1);
    element.setAttribute("aria-label", label(node));
    element.title = label(node);
    if (pixels >= NARROW_PIXELS)
      element.textContent = shorten(node.name, pixels);
    element.style.left = `${left}px`;
    element.style.top = `${node.depth * ROW}px`;
    element.style.width = `${Math.max(1, pixels - 1)}px`;
    element.addEventListener("click", () => zoom(node));
    element.addEventListener("focus", () => select(node));
    element.addEventListener("mouseenter", () => { detail.textContent = label(node); });
    element.addEventListener("mouseleave", () => { detail.textContent = label(current); });
    shown.set(node, element);
    return element;
  }

  // Where there is no room for the namespace the type and the method say more.
  function shorten(name, pixels) {
    const parts = name.split(".");
    return name.length * 7.3 > pixels && parts.length > 2 ? parts.slice(-2).join(".") : name;
  }

  function select(node) {
    const before = shown.get(current);
    if (before)
      before.tabIndex = -1;
    current = node;
    shown.get(node).tabIndex = 0;
    detail.textContent = label(node);
  }

  function move(node) {
    if (node && shown.has(node))
      shown.get(node).focus();
  }

  function zoom(node) {
    zoomed = node;
    current = node;
    draw(true);
  }

  function beside(node, step) {
    const row = [...shown.keys()].filter(other => other.depth === node.depth).sort((one, other) => one.start - other.start);
    return row[row.indexOf(node) + step];
  }

  function key(event) {
    const actions = {
      ArrowUp: () => move(current.parent),
      ArrowDown: () => move(current.children.find(child => shown.has(child))),
      ArrowLeft: () => move(beside(current, -1)),
      ArrowRight: () => move(beside(current, 1)),
      Home: () => move(root),
      Escape: () => zoom(root),
    };
    if (!actions[event.key] || event.ctrlKey || event.altKey || event.metaKey)
      return;
    event.preventDefault();
    actions[event.key]();
  }

  // What is found inside of what was found is part of that already.
  function look() {
    words = search.value.trim().toLowerCase();
    let total = 0;
    let count = 0;
    const open = [[root, false]];
    while (open.length > 0) {
      const [node, inside] = open.pop();
      const hit = isFound(node);
      count += hit ? 1 : 0;
      total += hit && !inside ? node.total : 0;
      open.push(...node.children.map(child => [child, inside || hit]));
    }
    found.textContent = words === "" ? "" : `${count} ${count === 1 ? "frame" : "frames"}, ${part(total)}`;
    draw(false);
  }

  graph.addEventListener("keydown", key);
  search.addEventListener("input", look);
  search.addEventListener("keydown", event => {
    if (event.key === "Escape" && search.value !== "") {
      event.preventDefault();
      search.value = "";
      look();
    }
  });
  out.addEventListener("click", () => zoom(root));
  document.addEventListener("keydown", event => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });
  document.querySelectorAll(".method").forEach(button => button.addEventListener("click", () => {
    search.value = button.textContent;
    look();
    graph.scrollIntoView({ block: "nearest" });
  }));
  let width = 0;
  new ResizeObserver(() => {
    if (width === graph.clientWidth)
      return;
    width = graph.clientWidth;
    draw(false);
  }).observe(graph);
  detail.textContent = label(root);
})();
