"""`wildfree review` asks in the workspace's language; what is typed is the same in all of them."""

import re
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import select

from archive.facts import Decision
from archive.models import Verdict
from archive.vault import Vault
from config.settings import Language
from config.species import ProductForm
from desk import asking, telling
from desk.practice.market import Market
from tests.conftest import Wildfree
from tests.test_pause import plainly

ENGLISH = re.compile(r"What is it|screenshot|wait\.|later|quit;|Species|Form \(|forbidden|kept:|\[worked\]")


@pytest.mark.parametrize("language", get_args(Language))
def test_every_decision_and_form_has_its_words(language: Language) -> None:
    words = asking.words_of(language)
    assert set(words.decisions) == set(Decision)
    assert all(str(decision) in said for decision, said in words.decisions.items()), "what is typed is shown"
    forms = telling.words_of(language).forms
    assert set(forms) == set(ProductForm)
    assert all(str(form) in said for form, said in forms.items())


@pytest.mark.parametrize("language", get_args(Language))
def test_a_review_speaks_one_language(
    market_workspace: Path, market: Market, wildfree: Wildfree, language: Language
) -> None:
    plainly(market_workspace)
    file = market_workspace / "wildfree.toml"
    file.write_text(f'language = "{language}"\n{file.read_text("utf-8")}', "utf-8")
    assert wildfree("sweep", "market", "--term", "虎骨").code == 0
    assert wildfree("visit").code == 0
    form = "worked" if language == "en" else "制成品"
    ran = wildfree("review", typed=f"s\n虎\n{form}\n2\n2\nq\n")
    assert ran.code == 0, ran.err
    with Vault.open(market_workspace) as vault, vault.reading() as session:
        assert [row.product_form for row in session.scalars(select(Verdict))] == ["worked"]
    said = set(ENGLISH.findall(ran.out))
    if language == "en":
        assert {"What is it", "screenshot", "Species", "kept:"} <= said
    else:
        assert said == set()
        for words in ("这是什么？", "截图: ", "物种", "已保存：", "已停止"):
            assert words in ran.out
        assert re.search(r"\[(原料 raw|制成品 worked|粉末 powder)\]", ran.out), "what is known names the form"
