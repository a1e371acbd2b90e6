// Opens one dialog after another, and another on leaving.
"use strict";

addEventListener("beforeunload", (leaving) => {
  leaving.preventDefault();
  leaving.returnValue = "确定离开吗？";
});
setTimeout(() => {
  alert("新人红包已到账");
  while (confirm("打开 App 领取？")) alert("请在 App 内领取");
  prompt("请输入手机号");
}, 100);
