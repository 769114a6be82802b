// Sends whoever comes to a page's old address on to the new one, with the part after #.
(function () {
  const to = document.currentScript.dataset.to;
  location.replace(to.includes("#") ? to : to + location.hash);
})();
