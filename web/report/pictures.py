"""Pictures of the pages, made fit for paper: no links, their own colours, a text that replaces them."""

from importlib.resources import files
from xml.etree import ElementTree

from markupsafe import Markup

_SVG = "http://www.w3.org/2000/svg"
_HATCH = (
    f'<defs xmlns="{_SVG}"><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<path d="M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4"/></pattern></defs>'
)
_FOREIGN = "Libertinus Serif"
"""The letters of a picture in a PDF, which come with typst."""
_PAPER_PX = 14
"""Their size in the units of a picture, which is 170 mm wide on paper."""

ElementTree.register_namespace("", _SVG)


def style() -> str:
    """The colours of all pictures, in terms that every reader of SVG understands."""
    return files("web").joinpath("report/pictures.css").read_text(encoding="utf-8")


def hatch() -> Markup:
    """The pattern of what nobody watched; pictures of the same page share it."""
    return Markup(f'<svg xmlns="{_SVG}" width="0" height="0" aria-hidden="true">{_HATCH}</svg>')


def inline(picture: Markup, alt: str) -> Markup:
    """A picture for a page that holds `style` and `hatch`.

    Args:
        picture: As `web.charts` draws it.
        alt: What somebody reads who cannot see it.
    """
    tree = _unlinked(picture)
    tree.set("aria-label", alt)
    return Markup(ElementTree.tostring(tree, encoding="unicode"))


def alone(picture: Markup) -> str:
    """A picture as a file of its own, which needs nothing around it."""
    tree = _unlinked(picture)
    for note in tree.iter(f"{{{_SVG}}}title"):
        # A pointer shows them; on paper they are letters without a place.
        note.text = ""
    sheet = ElementTree.Element(f"{{{_SVG}}}style")
    sheet.text = f"{style()}\ntext {{ font-family: '{_FOREIGN}'; font-size: {_PAPER_PX}px; }}"
    tree.insert(0, sheet)
    tree.insert(1, ElementTree.fromstring(_HATCH))
    return ElementTree.tostring(tree, encoding="unicode")


def swatch(kind: str) -> Markup:
    """A sample of a class, for a legend."""
    return Markup(
        f'<svg xmlns="{_SVG}" viewBox="0 0 18 12" width="18" height="12" aria-hidden="true">'
        f'<rect width="18" height="12" class="{kind}"/></svg>'
    )


def _unlinked(picture: Markup) -> ElementTree.Element:
    """The picture without what leads to a page: paper has none."""
    tree = ElementTree.fromstring(str(picture))
    for link in tree.iter(f"{{{_SVG}}}a"):
        link.tag = f"{{{_SVG}}}g"
        link.attrib.pop("href", None)
    return tree
