"""A page that tries every way there is to wake a canary: `page(at)`, with at("img") for the address of each lure."""

import json
from collections.abc import Callable

At = Callable[[str], str]  # lure -> host and port

# What loads by itself, or by a script of the page. "{}" is the lure's host and port.
MARKUP = {
    "image": '<img src="http://{}/">',
    "image set": '<img srcset="http://{}/ 1x">',
    "picture": '<picture><source srcset="http://{}/"><img></picture>',
    "image button": '<input type="image" src="http://{}/">',
    "svg image": '<svg><image href="http://{}/"/></svg>',
    "video": '<video src="http://{}/" preload="auto"></video>',
    "poster": '<video poster="http://{}/"></video>',
    "audio": '<audio src="http://{}/" preload="auto"></audio>',
    "script": '<script src="http://{}/" async></script>',
    "module": '<script type="module" src="http://{}/"></script>',
    "style sheet": '<link rel="stylesheet" href="http://{}/">',
    "style import": '<style>@import "http://{}/";</style>',
    "style image": '<p style="background: url(http://{}/)">x</p>',
    "font": '<style>@font-face {{ font-family: f; src: url(http://{}/) }}</style><p style="font-family: f">x</p>',
    "frame": '<iframe src="http://{}/"></iframe>',
    "frame within": "<iframe srcdoc='<img src=\"http://{}/\">'></iframe>",
    "frame of data": "<iframe src='data:text/html,<img src=\"http://{}/\">'></iframe>",
    "frame with meta": "<iframe srcdoc='<meta http-equiv=refresh content=\"0;url=http://{}/\">'></iframe>",
    "frame with redirect": '<iframe src="/to?http://{}/"></iframe>',
    "image with redirect": '<img src="/to?http://{}/">',
    "object": '<object data="http://{}/" type="text/html"></object>',
    "embed": '<embed src="http://{}/" type="text/html">',
    "prefetch": '<link rel="prefetch" href="http://{}/">',
    "preload": '<link rel="preload" as="image" href="http://{}/">',
    "module preload": '<link rel="modulepreload" href="http://{}/">',
    "preconnect": '<link rel="preconnect" href="http://{}">',
    "form": '<form method="post" target="f1" action="http://{}/"></form><iframe name="f1"></iframe>',
    "https image": '<img src="https://{}/">',
    "https frame": '<iframe src="https://{}/"></iframe>',
}
SCRIPT = {
    "fetch": 'fetch("http://{}/", {{mode: "no-cors"}})',
    "fetch that outlives": 'fetch("http://{}/", {{mode: "no-cors", keepalive: true, method: "POST", body: "x"}})',
    "fetch with redirect": 'fetch("/to?http://{}/", {{mode: "no-cors"}})',
    "fetch by https": 'fetch("https://{}/", {{mode: "no-cors"}})',
    "request object": 'let x = new XMLHttpRequest(); x.open("GET", "http://{}/"); x.send()',
    "web socket": 'new WebSocket("ws://{}/")',
    "safe web socket": 'new WebSocket("wss://{}/")',
    "event source": 'new EventSource("http://{}/")',
    "beacon": 'navigator.sendBeacon("http://{}/", "x")',
    "image by script": 'new Image().src = "http://{}/"',
    "import": 'import("http://{}/")',
    "worker": 'new Worker(URL.createObjectURL(new Blob([\'fetch("http://{}/", {{mode: "no-cors"}})\'])))',
    "worker import": "new Worker(URL.createObjectURL(new Blob(['importScripts(\"http://{}/\")'])))",
    "worker socket": "new Worker(URL.createObjectURL(new Blob(['new WebSocket(\"ws://{}/\")'])))",
    "pop-up": 'window.open("http://{}/")',
    "frame by script": 'let f = document.createElement("iframe"); document.body.append(f);'
    'f.contentWindow.location = "http://{}/"',
    "ping": 'let a = document.createElement("a"); a.href = "#x"; a.ping = "http://{}/"; document.body.append(a);'
    "a.click()",
    "form by script": 'let f = document.createElement("form"); f.action = "http://{}/"; f.target = "f2"; let i ='
    'document.createElement("iframe"); i.name = "f2"; document.body.append(i, f); f.submit()',
    "style by script": 'let s = document.createElement("style"); s.textContent = \'@import "http://{}/"\';'
    "document.head.append(s)",
    "stun": 'let p = new RTCPeerConnection({{iceServers: [{{urls: "stun:{}"}}]}}); p.createDataChannel("x");'
    "p.createOffer().then(o => p.setLocalDescription(o))",
    "turn": 'let p = new RTCPeerConnection({{iceServers: [{{urls: "turn:{}?transport=tcp", username: "u",'
    'credential: "c"}}]}}); p.createDataChannel("x"); p.createOffer().then(o => p.setLocalDescription(o))',
    "web transport": 'new WebTransport("https://{}/").ready.catch(() => 0)',
}
HEADER = "link header"
AHEAD = "speculation"  # on a page of its own: a page that does much else may be left without it
BY_UDP = frozenset({"stun", "web transport"})  # which no proxy of ours could pass on
UNTRIED = frozenset({"preconnect"})  # which Debian's Chromium does not do at all
LURES = (*MARKUP, *SCRIPT, HEADER, AHEAD)


def head(at: At) -> tuple[str, str]:
    """A line for the page's head."""
    return "Link", f"<http://{at(HEADER)}/>; rel=preload; as=style"


def ahead(at: At) -> str:
    """A page that has another fetched before anybody goes there."""
    rules = {"prefetch": [{"urls": [f"http://{at(AHEAD)}/"], "eagerness": "immediate"}]}
    return f'<h1>x</h1><script type="speculationrules">{json.dumps(rules)}</script>'


def page(at: At) -> bytes:
    """The page with all the others."""
    markup = "".join(html.format(at(lure)) for lure, html in MARKUP.items())
    scripts = "".join(
        f"try {{ (() => {{ {script.format(at(lure))} }})() }} catch (e) {{}}\n" for lure, script in SCRIPT.items()
    )
    whole = (
        '<!doctype html><link rel="icon" href="data:,"><h1>lures</h1>'
        f"{markup}<script>document.forms[0].submit();\n{scripts}</script>"
    )
    return whole.encode()
