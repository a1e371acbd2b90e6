// Seems to compute, and never comes to an end.
const far = document.querySelector(".far");
setInterval(() => {
  far.value += (95 - far.value) / 20;
}, 200);
