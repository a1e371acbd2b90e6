// Lets the page grow whenever its end comes in sight.
"use strict";

const MANY = 20; // of what is added at a time
const foot = document.querySelector("footer");
const passed = { rootMargin: "1000000px 0px 0px 0px" }; // a reader who has scrolled past it counts as well

function grow() {
  const results = document.querySelector("ul.results");
  const cards = results ? [...results.children].slice(0, MANY) : [];
  if (cards.length > 0) return results.append(...cards.map((card) => card.cloneNode(true)));
  for (let added = 0; added < MANY; added += 1) {
    const more = document.createElement("p");
    more.className = "more";
    more.textContent = "还有更多好物，继续往下看";
    document.querySelector("main").append(more);
  }
}

const sight = new IntersectionObserver((seen) => {
  if (!seen.some((entry) => entry.isIntersecting)) return;
  grow();
  sight.unobserve(foot);
  setTimeout(() => sight.observe(foot), 50); // once what was added has its place
}, passed);
sight.observe(foot);
