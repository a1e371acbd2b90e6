"""A small site that notes every request, with a platform's file: cards that grow, a listing, an account, a frame."""

import io
import json

from PIL import Image

from tests.recorded import Noting

PNG = ("Content-Type", "image/png")
JSON = ("Content-Type", "application/json; charset=utf-8")
FILE = """
name = "stall"
title = "Stall"
base = "{base}"
read_on = 2026-11-21
verified = ["search"]
key = '/item/(\\d+)'
canonical = "/item/{{key}}"
[search]
url = "/search?q={{term}}"
canary = "case"
[search.card]
each = "li.card"
url = "a::attr(href)"
title = "a::text"
[browse]
own = ["#me", ".inbox"]
private = ['/messages']
[listing]
title = "h1::text"
images = ".photo img::attr(src)"
[manners]
delay = 0.0
"""
SHELL = """<header>{who}</header>{body}
<script>/* the site's own */ fetch('/api/me'); fetch('/messages/unread');</script>"""
ROOM = '<div style="height:4000px">room</div>'
MORE = """<script>addEventListener('scroll', async () => {
    if (window.asked || scrollY < 200) return;
    window.asked = true;
    const list = document.querySelector('ul');
    for (const card of await (await fetch('/more')).json()) {
        const made = document.createElement('li');
        made.className = 'card';
        made.innerHTML = `<a href="/item/${card.key}">${card.title}</a>`;
        list.append(made);
    }
});</script>"""
LAZY = """<img loading="lazy" src="/far.png" width="50" height="50"><p id="foot">foot</p><script>
new IntersectionObserver(seen => { if (seen.some(each => each.isIntersecting)) fetch('/reached'); }).observe(foot);
addEventListener('resize', () => fetch('/resized'));
addEventListener('scroll', () => { if (scrollY > 2000) fetch('/scrolled'); });
</script>"""


def picture(colour: tuple[int, int, int]) -> bytes:
    """A small picture of one COLOUR."""
    made = io.BytesIO()
    Image.new("RGB", (48, 48), colour).save(made, "PNG")
    return made.getvalue()


def cards(*keys: int) -> str:
    """Cards of a search."""
    return (
        "<ul>" + "".join(f'<li class="card"><a href="/item/{key}">象牙手镯 {key}</a></li>' for key in keys) + "</ul>"
    )


def furnish(site: Noting, who: str = "", frame: str = "") -> None:
    """Let SITE show a search, listings 1 to 4 and what grows; WHO: what it says of the account; FRAME: a frame."""
    site.page("/search", SHELL.format(who=who, body=cards(1, 2) + ROOM + MORE + LAZY))
    site.give("/more", json.dumps([{"key": key, "title": f"虎骨酒 {key}"} for key in (3, 4)]).encode(), JSON)
    for key in range(1, 5):
        shown = f'<h1>象牙手镯 {key}</h1><p class="photo"><img src="/photo-{key}.png"></p>{frame}{ROOM}{LAZY}'
        site.page(f"/item/{key}", SHELL.format(who=who, body=shown))
        site.give(f"/photo-{key}.png", picture((key, 90, 20)), PNG)
    site.give("/far.png", picture((9, 9, 9)), PNG)
    site.give("/api/me", b"{}", JSON)
    site.give("/messages/unread", b"{}", JSON)
    spa = "<h1>象牙手镯 1</h1><button onclick=\"history.pushState({}, '', '/item/2');"
    spa += "document.querySelector('h1').textContent = '象牙手镯 2'\">next</button>"
    spa += "<button id='pop' onclick=\"open('/item/3', 'x', 'width=400,height=300')\">open</button>"
    site.page("/item/1/app", spa)
