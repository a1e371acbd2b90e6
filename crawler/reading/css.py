"""Chooses elements by CSS in a time that grows with the page, however its elements are nested."""

from functools import cache

from cssselect.xpath import XPathExpr
from parsel import Selector, SelectorList
from parsel.csstranslator import HTMLTranslator


class Upwards(HTMLTranslator):
    """Asks each element for its surroundings, as browsers do.

    The usual translation walks down from each match of `.a` in `.a .b` and joins what it finds, which takes minutes
    on a page whose elements stand within each other. Like a browser, and unlike parsel, it lets what stands around
    the element that is searched in count for `.a`.
    """

    def xpath_descendant_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        """`left right`."""
        return right.add_condition(f"ancestor::{_itself(left)}")

    def xpath_child_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        """`left > right`."""
        return right.add_condition(f"parent::{_itself(left)}")

    def xpath_direct_adjacent_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        """`left + right`."""
        return right.add_condition(f"preceding-sibling::*[1][self::{_itself(left)}]")

    def xpath_indirect_adjacent_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        """`left ~ right`."""
        return right.add_condition(f"preceding-sibling::{_itself(left)}")


def _itself(expression: XPathExpr) -> str:
    """A step that holds for an element that EXPRESSION describes."""
    return f"{expression.element}[{expression.condition}]" if expression.condition else expression.element


@cache
def _xpath(css: str) -> str:
    return Upwards().css_to_xpath(css)


def chosen(root: Selector, css: str) -> SelectorList[Selector]:
    """What CSS chooses in ROOT, in the order of the page: elements, or with ::text and ::attr() their words."""
    return root.xpath(_xpath(css))
