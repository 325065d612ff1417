// A classic script in the head: it runs before the first paint, so that a chosen theme does not flash the other one.
(function () {
  'use strict';
  let chosen = null;
  try { chosen = localStorage.getItem('fanout-theme'); } catch { /* Storage is switched off: the system's theme it is. */ }
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
})();
