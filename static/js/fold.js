// table.dense of four columns and more stands as cards on a phone (components.css): each cell is told its column's head.
"use strict";
(() => {
  const label = (table) => {
    const heads = [...table.querySelectorAll(":scope > thead th")].map((head) => head.textContent.trim());
    for (const row of table.querySelectorAll(":scope > tbody > tr")) {
      if (row.cells.length !== heads.length) continue; // a row of one sentence
      for (const [at, cell] of [...row.cells].entries()) {
        if (cell.tagName === "TD") cell.dataset.label = heads[at];
        // Nothing to say is no line on a card.
        cell.toggleAttribute("data-nothing", ["", "—"].includes(cell.textContent.trim()) && !cell.querySelector("input, img, svg, progress"));
      }
    }
  };
  const labelAll = () => document.querySelectorAll("table.dense").forEach(label);
  labelAll();
  // Rows come later too: more of a list, a state that renews itself, a side sheet.
  new MutationObserver((changes) => {
    const isRow = (node) => node.nodeType === Node.ELEMENT_NODE && (node.matches("tr, td") || node.querySelector("table.dense"));
    if (changes.some((change) => [...change.addedNodes].some(isRow))) labelAll();
  }).observe(document.body, { childList: true, subtree: true });
})();
