"""How many cards the first page of a search usually shows, as a person who knows the site expects it."""

from pydantic import Field, model_validator

from config.reading import Strict


class Span(Strict):
    """From how many cards on, and up to how many, nothing is strange; what is left out is asked of the history."""

    least: int | None = Field(None, ge=0)
    most: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"least = {self.least} is more than most = {self.most}")
        return self


class Expect(Span):
    """What any term brings, and what single terms do."""

    terms: dict[str, Span] = Field(default_factory=dict)

    def of(self, term: str) -> Span:
        """What TERM is expected to bring; a term's own numbers stand in for those of all."""
        return self.terms.get(term, self)
