"""`wildfree platform`: the platform files: which there are, what one makes of a page, and how a new one is made."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from pydantic import TypeAdapter, ValidationError

from archive.facts import Outcome
from config.errors import UsageError
from config.platform import NEVER, Part, Platform, Standing, platform, platforms
from config.settings import overlay, settings
from crawler.page import page_of, reading, results
from crawler.reading.heads import Headers
from desk import checking, examples, newcomer, recourse, waiting
from desk.context import NOT_LET_IN, WorkspaceOption, desk, is_workspace
from desk.shell import shell
from desk.show import line, objects, table, visible

app = shell(
    no_args_is_help=True,
    help="List the platform files; make a new one, keep examples of its pages, try it.",
)

Name = Annotated[str, typer.Argument(help="The platform's file, without .toml.")]
Saved = Annotated[Path, typer.Argument(help="A saved page.", exists=True, dir_okay=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
PAIRS = TypeAdapter(Headers)
BY_HAND = "a person"
Workspace = Annotated[
    Path | None,
    typer.Option(
        "--workspace", "-w", envvar="WILDFREE_WORKSPACE", help="Its config/ stands before the shipped files."
    ),
]


@app.command("list")
def list_platforms(as_json: Json = False, workspace: Workspace = None) -> None:
    """List the platforms that have a file, who looks at each, and how well its file is known.

    Of search, listing and signs it says whether kept pages of the site read as the file says (verified), whether
    its own API's documentation does (documented), whether they were only read of, or whether they are missing.
    Of a file's signs those are verified that a kept page bears; each sign says in the file what it rests on.
    Where a person looks, no robot goes: search it yourself.
    Below stand those that wait for a person to deal with a wall, and those that did not let us in.

    Example:
        wildfree platform list
    """
    moved = _bases(_here(workspace))
    known = [_facts(each, moved.get(each.name, each.base)) for each in platforms(_own(workspace))]
    shut, zone = waiting.shut_here(_here(workspace))
    if as_json:
        objects(each | waiting.facts(shut.get(str(each["name"]))) for each in known)
    else:
        heads = ("name", "title", "address", "sources read", "searched", "visited", *Part, "contact")
        table(heads, map(_words, known), spare=("address", "sources read", "title", "contact"))
        for name, each in shut.items():
            line(waiting.words(name, each, zone))


@app.command()
def show(name: Name, as_json: Json = False, workspace: Workspace = None) -> None:
    """Show what can be held before a platform: whom to write to, where to complain, its own rules and promises.

    Each with its source, and how sure it is: A stands on a kept page, B in several sources, C in one or two,
    D nobody has verified. "seen on" is the day when a person saw that it is so; empty: nobody has.

    Example:
        wildfree platform show taobao
    """
    known = list(recourse.held(platform(name, _own(workspace))))
    if as_json:
        objects(known)
    else:
        rows = [list(each.values()) for each in known]
        nothing = "" if rows else "Nothing is known that could be held before it"
        table(recourse.HEADS, rows, nothing, spare=("source", "says"))


@app.command("go-on")
def go_on(name: Name, workspace: WorkspaceOption = None) -> None:
    """Say that you have dealt with the wall that the platform NAME waited for: its sweep may go on.

    Example:
        wildfree platform go-on market
    """
    with desk(workspace) as here:
        line(waiting.go_on(here, name))


def _words(facts: dict[str, object]) -> tuple[object, ...]:
    """FACTS as a reader has them."""
    name, title, base, read_on, browser, searched, visited, *parts, contact = facts.values()
    robot = "by browser" if browser else "plainly"
    unread = parts[0] in {Standing.READ, Standing.UNFILLED}
    asked = ["unverified" if searched and unread else robot if searched else BY_HAND]
    asked.append(robot if visited else BY_HAND)
    return name, title, base, read_on or "never", *asked, *parts, "known" if contact else "not known"


def _bases(here: Path | None) -> dict[str, str]:
    """The addresses that stand in for the platforms' own in a practice workspace."""
    return settings(here).bases if here and is_workspace(here) else {}


def _facts(each: Platform, base: str) -> dict[str, object]:
    return {
        "name": each.name,
        "title": each.title,
        "base": base,
        "read_on": None if each.read_on == NEVER else each.read_on,
        "browser": each.browser,
        "searched": each.searching is not None,
        "visited": not each.unvisited,
        **{str(part): each.standing(part) for part in Part},
        "contact": each.contact is not None,
    }


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="What the file is to be called: small letters and figures.")],
    base: Annotated[str, typer.Option(help="The site's scheme and host, as https://shop.example")],
    title: Annotated[str, typer.Option(help="What the site calls itself.", show_default="its name")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Write the file of a new platform into the workspace, with everything that can stand in it explained.

    That includes how many cards a search usually shows ([search.expect]): far outside, a sweep warns.

    Example:
        wildfree platform new bazaar --base https://bazaar.example
    """
    with desk(workspace) as here:
        file = newcomer.new(here, name, base, title)
    line(f"{file}: fill in the lines that say so. Then: wildfree platform save {name} TERM")


@app.command()
def save(
    name: Name,
    term: Annotated[str, typer.Argument(help="What to search; best one that always sells, and whose page bores.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Ask the platform for TERM, open the first listing found, and keep both pages as examples beside its file.

    Names, numbers and portraits of people are put by invented marks. A wall is kept as a wall: an example too.
    A platform that waits for a person is asked nothing (exit code 8).

    Example:
        wildfree platform save market 手机壳
    """
    with desk(workspace) as here:
        kept, unanswered = examples.save(here, name, term)
    for each in kept:
        line(f"{each.file}: {each.said}: {each.because}")
    if unanswered:
        typer.echo(visible(unanswered), err=True)
    if not kept or unanswered:
        raise typer.Exit(NOT_LET_IN)


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
    headers: Annotated[
        Path | None,
        typer.Option(help='The head that it came with: a JSON list of ["name", "value"] pairs.', dir_okay=False),
    ] = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Read a SAVED listing page with the file of platform NAME, and say what it says of itself.

    Example:
        wildfree platform read market tests/platforms/market/item-removed.html --url http://127.0.0.1:8765/item/10004
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise UsageError(f"--url {url}: no address. Write it like https://shop.example/item/1") from None
    site = platform(name, _own(workspace), f"{parts.scheme}://{parts.netloc}")
    if site.key_of(url) is None:
        raise UsageError(
            f"--url {url}: names no listing of {site.name}; its addresses look like {site.url_of('KEY')}"
        )
    head = _pairs(headers) if headers else ()
    said = reading(site, page_of(saved.read_bytes(), url=url, final_url=final_url, status=status, headers=head))
    if as_json:
        objects([said])
    else:
        for key, value in vars(said).items():
            line(f"{key:10} {value}")


@app.command()
def check(
    name: Name,
    term: Annotated[str, typer.Option(help="What to search.", show_default="the platform's canary")] = "",
    saved: Annotated[
        list[Path] | None,
        typer.Option(help="A page that you saved in your browser; again for more.", exists=True, dir_okay=False),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Write what today's pages bear out.")] = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Hold each selector and sign of a platform's file against its site as it is today, and say what changed.

    A robot asks for a search, its first listing and one that never was. Where only a person may look, the pages that
    were recorded last are read, or those that you saved. With --write the workspace's own file says from then on what
    they bore out: verified, and read_on. A wall says nothing of a file, and changes nothing in it. A platform that
    waits for a person is asked nothing (exit code 8).

    Example:
        wildfree platform check market
    """
    with desk(workspace) as here:
        found = checking.check(here, name, term, saved or (), write=write)
    if as_json:
        objects(found.findings)
    else:
        checking.tell(found)
    if found.not_shown or not found.shown:
        typer.echo(visible(found.not_shown), err=True)
        raise typer.Exit(NOT_LET_IN)


def _pairs(path: Path) -> Headers:
    """The name-value pairs of the file PATH, in their order; UsageError where it holds something else."""
    try:
        return PAIRS.validate_json(path.read_bytes())
    except ValidationError as problem:
        (first, *_) = problem.errors()
        where = f"pair {int(first['loc'][0]) + 1} of it is none" if first["loc"] else "it is none"
        example = '[["Content-Type", "text/html"], ["Server", "nginx"]]'
        raise UsageError(f"--headers {path}: needs a JSON list of pairs, as {example}; {where}") from None
    except OSError as problem:
        raise UsageError(f"--headers {path}: cannot be read: {problem.strerror}") from None


def _here(workspace: Path | None) -> Path | None:
    return workspace or (Path() if is_workspace(Path()) else None)


def _own(workspace: Path | None) -> Path | None:
    here = _here(workspace)
    return overlay(here) if here else None
