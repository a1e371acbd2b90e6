"""`wildfree platform`: lists the platform files, and tries one on a saved page."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from archive.facts import Outcome
from config.errors import UsageError
from config.platform import Platform, platform, platforms
from config.settings import overlay
from crawler.page import page_of, reading, results
from desk.shell import shell
from desk.show import line, objects, table

app = shell(no_args_is_help=True, help="List the platform files, and try one on a saved page.")

Name = Annotated[str, typer.Argument(help="The platform's file, without .toml.")]
Saved = Annotated[Path, typer.Argument(help="A saved page.", exists=True, dir_okay=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Workspace = Annotated[
    Path | None,
    typer.Option(
        "--workspace", "-w", envvar="WILDFREE_WORKSPACE", help="Its config/ stands before the shipped files."
    ),
]


@app.command("list")
def list_platforms(as_json: Json = False, workspace: Workspace = None) -> None:
    """List the platforms that have a file.

    Example:
        wildfree platform list
    """
    known = [_facts(each) for each in platforms(_own(workspace))]
    if as_json:
        objects(known)
    else:
        table(("name", "title", "address", "read on", "browser", "contact"), (tuple(each.values()) for each in known))


def _facts(each: Platform) -> dict[str, object]:
    return {
        "name": each.name,
        "title": each.title,
        "base": each.base,
        "read_on": each.read_on,
        "browser": each.browser,
        "contact": each.contact is not None,
    }


@app.command("try")
def try_platform(
    name: Name,
    saved: Saved,
    term: Annotated[str, typer.Option(help="The term that was searched.")] = "",
    page: Annotated[int, typer.Option(min=1, help="The result page that it was.")] = 1,
    status: Annotated[int, typer.Option(help="The status that it came with.")] = 200,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Read a SAVED search page with the file of platform NAME, and show the leads it gives.

    What else the page turned out to be (nothing found, a wall, unreadable) is said on standard error.

    Example:
        wildfree platform try market tests/platforms/market/search-ivory.html
    """
    site = platform(name, _own(workspace))
    answered = page_of(saved.read_bytes(), url=site.search_url(term, page), status=status)
    found = results(site, answered, term, page)
    if as_json:
        objects(found.leads)
    else:
        table(
            ("rank", "key", "title", "price"), ((lead.rank, lead.key, lead.title, lead.price) for lead in found.leads)
        )
    if found.outcome is not Outcome.HITS or not as_json:
        typer.echo(f"{found.outcome}: {found.because}", err=True)


@app.command()
def read(
    name: Name,
    saved: Saved,
    url: Annotated[str, typer.Option(help="The address that was asked for.")],
    status: Annotated[int, typer.Option(help="The status that it came with.")] = 200,
    final_url: Annotated[str, typer.Option(help="The address that answered.", show_default="the same")] = "",
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Read a SAVED listing page with the file of platform NAME, and say what it says of itself.

    Example:
        wildfree platform read market tests/platforms/market/item-removed.html --url http://127.0.0.1:8765/item/10004
    """
    parts = urlsplit(url)
    site = platform(name, _own(workspace), f"{parts.scheme}://{parts.netloc}")
    if site.key_of(url) is None:
        raise UsageError(
            f"--url {url}: names no listing of {site.name}; its addresses look like {site.url_of('KEY')}"
        )
    said = reading(site, page_of(saved.read_bytes(), url=url, final_url=final_url, status=status))
    if as_json:
        objects([said])
    else:
        for key, value in vars(said).items():
            line(f"{key:10} {value}")


def _own(workspace: Path | None) -> Path | None:
    return overlay(workspace) if workspace else None
