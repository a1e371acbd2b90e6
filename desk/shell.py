"""How every command file makes its Typer app, so that all helps look alike."""

from typing import Any

import typer

NAMES = {"help_option_names": ["--help", "-h"]}


def shell(**more: Any) -> typer.Typer:
    """A Typer app: help in Markdown (paragraphs flow, an indented example stands as it is), no extra options."""
    return typer.Typer(
        add_completion=False,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
        context_settings=NAMES,
        **more,
    )
