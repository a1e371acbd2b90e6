"""What a capture is measured against: bare Playwright, browser reused; goto, scroll, all bodies, full-page PNG."""

from playwright.async_api import Browser, Page, Response

SCROLL = """async () => {
    for (let at = 0; at < document.documentElement.scrollHeight;) {
        window.scrollTo(0, at += window.innerHeight);
        await new Promise(requestAnimationFrame);
    }
    window.scrollTo(0, 0);
    await Promise.allSettled([...document.images].map(image => image.decode()));
}"""


async def capture(browser: Browser, url: str) -> tuple[list[bytes], bytes]:
    """The bodies of all that the page at URL loads, and its picture."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  (Playwright marks what it is handed)
    await page.goto(url, wait_until="load")
    await page.evaluate(SCROLL)
    bodies = [await answer.body() for answer in answers]
    return bodies, await _pictured(page)


async def _pictured(page: Page) -> bytes:
    shot = await page.screenshot(full_page=True, type="png")
    await page.context.close()
    return shot
