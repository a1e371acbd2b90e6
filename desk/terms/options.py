"""The words and options that the commands on terms share."""

from typing import Annotated

import typer

from config.term import Kind

Word = Annotated[str, typer.Argument(help="The term, as it is written.")]
Language = Annotated[
    str, typer.Option(help="Its language: zh, en, ...", show_default="the workspace's; of a known term: its own")
]
KindOption = Annotated[Kind | None, typer.Option(help="What it does in a text.")]
Species = Annotated[str | None, typer.Option(help="Whose name or product it is, scientific or common.")]
Ambiguity = Annotated[
    int | None, typer.Option(min=1, max=3, help="1: hardly ever means anything else; 3: mostly does.")
]
Raises = Annotated[str | None, typer.Option(help="Words beside it that make it likelier, with commas between.")]
Lowers = Annotated[
    str | None, typer.Option(help="Longer words and words beside it that make it harmless, with commas.")
]
Search = Annotated[bool | None, typer.Option("--search/--no-search", help="Let sweeps search it by default.")]
Source = Annotated[str | None, typer.Option(help="Where it comes from.")]
Yes = Annotated[bool, typer.Option("--yes", help="Take even a word that is common or means something else.")]
Why = Annotated[str, typer.Option(help="Your reason, in a sentence; it is kept with your name.")]
