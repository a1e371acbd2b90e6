// What the practice market shows only once scripts run: late listings, and the cards beyond the first.
"use strict";

const DELAY = 200; // ms between the page being there and its own script waking up, as on real shops
const words = JSON.parse(document.getElementById("words").textContent);

function node(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function picture(key, number) {
  const made = document.createElement("img");
  Object.assign(made, { src: `/picture/${key}-${number}.jpg`, alt: "", width: 600, height: 600 });
  return made;
}

function card(told) {
  const made = node("li", "card");
  const link = document.createElement("a");
  link.setAttribute("href", `/item/${told.key}?from=search`);
  link.append(picture(told.key, 1), node("span", "title", told.title));
  made.append(link, node("span", "price", told.price), node("span", "shop", `店铺 ${told.shop}`));
  return made;
}

async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

async function fillListing(listing) {
  const told = await fetched(`/api/item/${listing.dataset.late}`);
  for (let number = 1; number <= told.pictures; number += 1)
    listing.querySelector(".pictures").append(picture(told.key, number));
  listing.querySelector(".title").textContent = told.title;
  listing.querySelector(".price").textContent = told.price;
  listing.querySelector(".shop").textContent = `店铺 ${told.shop}`;
  document.title = `${told.title} - 集市`;
}

function growResults(results) {
  const foot = document.querySelector(".more");
  const passed = { rootMargin: "1000000px 0px 0px 0px" }; // a reader who has scrolled past it counts as well
  const watch = new IntersectionObserver(async (seen) => {
    if (!seen.some((entry) => entry.isIntersecting)) return;
    watch.unobserve(foot);
    const { term, next } = results.dataset;
    const told = await fetched(`/api/search?q=${encodeURIComponent(term)}&from=${next}`);
    results.append(...told.cards.map(card));
    results.dataset.next = told.next;
    if (told.next !== null) return watch.observe(foot);
    if (results.children.length === 0) foot.before(node("p", "empty", words.empty));
    foot.remove();
  }, passed);
  watch.observe(foot);
}

setTimeout(() => {
  const listing = document.querySelector("main.listing[data-late]");
  const results = document.querySelector("ul.results[data-term]");
  if (listing) fillListing(listing);
  if (results) growResults(results);
}, DELAY);
