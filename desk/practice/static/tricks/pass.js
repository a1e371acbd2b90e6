// Asks for a visitor's pass that nobody gives out.
"use strict";

setTimeout(() => {
  document.getElementById("pass").textContent = "正在领取访客通行证…";
}, 200);
