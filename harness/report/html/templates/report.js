"use strict";
// The page says everything without this: it only folds, sorts and filters what is there.
(function () {
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const byId = (id) => document.getElementById(id);

  // Side matters start folded, lists of more lines than `data-fold` says too; on paper all is unfolded.
  const folds = all("details[data-fold]");
  for (const fold of folds) {
    const lines = all("li", fold).length;
    fold.open = lines > 0 && lines <= Number(fold.dataset.fold);
  }
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = folds.filter((fold) => !fold.open);
    for (const fold of closed) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of closed) fold.open = false;
  });

  const table = byId("cases");
  if (!table) return;
  const body = table.tBodies[0];
  const heads = all("th", table.tHead);
  let rows = Array.from(body.rows);
  const said = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  // Long answers are cut to a few lines; a row or all of them can be shown whole.
  const cuts = [];
  for (const row of rows) {
    const texts = all(".text", row);
    const cut = (whether) => texts.forEach((text) => text.classList.toggle("cut", whether));
    cut(true);
    if (!texts.some((text) => text.scrollHeight > text.clientHeight + 2)) {
      cut(false);
      continue;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "more";
    const show = (whole) => {
      cut(!whole);
      button.setAttribute("aria-expanded", String(whole));
      button.textContent = whole ? "show less" : "show whole";
    };
    show(false);
    button.addEventListener("click", () => show(button.getAttribute("aria-expanded") === "false"));
    row.cells[1].append(button);
    cuts.push(show);
  }
  const whole = byId("whole");
  whole.hidden = !cuts.length;
  whole.addEventListener("click", () => {
    const pressed = whole.getAttribute("aria-pressed") === "false";
    whole.setAttribute("aria-pressed", String(pressed));
    for (const show of cuts) show(pressed);
  });

  // Filter; the first rows that fit are shown, the rest on demand and on paper.
  let most = 30;
  const find = byId("find");
  const kind = byId("kind");
  const suite = byId("suite");
  const rest = byId("rest");
  function filter() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let fitting = 0;
    for (const row of rows) {
      const fits =
        (!kind.value || row.dataset.change === kind.value) &&
        (!suite.value || row.dataset.suite === suite.value) &&
        words.every((word) => said.get(row).includes(word));
      row.hidden = !fits;
      fitting += fits;
      row.classList.toggle("over", fits && fitting > most);
    }
    const over = Math.max(0, fitting - most);
    const found = fitting < rows.length ? `${fitting} of ${rows.length} found` : `${rows.length} in all`;
    byId("found").textContent = over ? `${found}, ${fitting - over} shown` : found;
    rest.hidden = !over;
    rest.textContent = `Show ${over} more`;
  }
  rest.addEventListener("click", () => {
    const next = rows.find((row) => row.classList.contains("over"));
    most = Infinity;
    filter();
    next.cells[1].tabIndex = -1;
    next.cells[1].focus();
  });
  for (const control of [find, kind, suite]) control.addEventListener("input", filter);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    find.value = "";
    filter();
  });
  filter();
  byId("tools").hidden = false;

  // Sort; rows without a value come last in both directions.
  const collator = new Intl.Collator("en", { numeric: true });
  function sortKey(row, column) {
    const cell = row.cells[column];
    return cell.dataset.sort === undefined ? cell.textContent.trim() : cell.dataset.sort;
  }
  function compare(a, b) {
    const difference = Number(a) - Number(b);
    return Number.isNaN(difference) ? collator.compare(a, b) : difference;
  }
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      const keyed = rows.map((row) => ({ row, key: sortKey(row, column) }));
      keyed.sort((a, b) => (a.key === "") - (b.key === "") || sign * compare(a.key, b.key));
      rows = keyed.map((one) => one.row);
      body.append(...rows);
      filter();
    });
  });
})();
