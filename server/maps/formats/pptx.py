"""PPTX: one slide of A3, standing or lying, with shapes and connectors that can be moved."""

import io
from datetime import datetime, time
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from queries.maps.sizes import CARDS, TYPE
from server.maps.format import Format
from server.maps.palette import GROUNDS, SHADES
from server.maps.picture import Picture, summary
from server.maps.rows import EdgeRow, NodeRow, edge_rows, node_rows
from server.maps.svg import bounds, radii_of
from server.maps.text import clean, cut

# The sides of A3, and what stands around the picture, in English Metric Units.
LONG, SHORT = 15_120_000, 10_692_000
MARGIN, HEAD, LINE, CREDITS = 300_000, 700_000, 190_000, 520_000
# The longest that a property of a document may be; the whole is on the slide and in its notes.
LONGEST = 255
# The smallest type, in points.
LEAST = 4.5
# How wide a column of the legend is at least.
COLUMN = 2_500_000
MEDIA = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


class Slide:
    """The slide of a picture, and how its lengths become those of the slide."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.book = Presentation()
        self.slide = self.book.slides.add_slide(self.book.slide_layouts[6])
        self.shapes = self.slide.shapes
        left, top, right, bottom = bounds(picture, radii_of(picture))
        tall = bottom - top > right - left
        self.wide, self.high = (SHORT, LONG) if tall else (LONG, SHORT)
        self.book.slide_width, self.book.slide_height = Emu(self.wide), Emu(self.high)
        signs = len(picture.used_groups()) + len(picture.used_relations())
        self.columns = max(1, (self.wide - 2 * MARGIN) // COLUMN)
        self.rows = -(-signs // self.columns) or 1
        self.foot = self.rows * LINE + CREDITS + MARGIN
        room = (self.wide - 2 * MARGIN, self.high - HEAD - self.foot - MARGIN)
        self.scale = min(room[0] / max(right - left, 1), room[1] / max(bottom - top, 1), 12_700)
        self.corner = (left - (room[0] / self.scale - (right - left)) / 2, top)

    def emu(self, length: float) -> Emu:
        """Return a length."""
        return Emu(round(length * self.scale))

    def at(self, x: float, y: float) -> tuple[Emu, Emu]:
        """Return a point."""
        return (
            Emu(MARGIN + round((x - self.corner[0]) * self.scale)),
            Emu(HEAD + round((y - self.corner[1]) * self.scale)),
        )

    def points(self, size: float) -> Pt:
        """Return a size of type that goes with the picture."""
        return Pt(max(LEAST, min(14, size * self.scale / 12_700)))


def write(picture: Picture) -> bytes:
    """Return the presentation."""
    slide = Slide(picture)
    properties = slide.book.core_properties
    properties.title, properties.author = clean(picture.heading())[:LONGEST], "Maillage"
    properties.comments = "\n".join(map(clean, picture.credits()))[:LONGEST]
    properties.created = properties.modified = datetime.combine(picture.created, time())
    add_boxes(slide)
    nodes = node_rows(picture)
    ends = {node.id: add_node(slide, node) for node in nodes}
    for edge in edge_rows(picture):
        add_edge(slide, edge, ends)
    add_texts(slide)
    notes = [picture.text, summary(picture), *picture.credits(), picture.address]
    slide.slide.notes_slide.notes_text_frame.text = "\n".join(map(clean, notes))
    stream = io.BytesIO()
    slide.book.save(stream)
    return undated(stream.getvalue())


def undated(body: bytes) -> bytes:
    """Return a presentation whose parts do not say when they were packed."""
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(body)) as old, ZipFile(stream, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(ZipInfo(name), old.read(name), ZIP_DEFLATED)
    return stream.getvalue()


def colour(code: str) -> Any:
    """Return a colour."""
    red, green, blue = (int(code[start : start + 2], 16) for start in (1, 3, 5))
    return RGBColor(red, green, blue)  # type: ignore[no-untyped-call]


def add_boxes(slide: Slide) -> None:
    """Add the boxes of groups, where the layout has any."""
    picture = slide.picture
    used = set(picture.used_groups())
    for name, box in sorted(picture.places.boxes.items()):
        group = name.partition("+")[0]
        if group not in used:
            continue
        shape = slide.shapes.add_shape(
            MSO_SHAPE.RECTANGLE,
            *slide.at(box.x, box.y),
            slide.emu(box.width),
            slide.emu(box.height),
        )
        shape.name = f"box {name}"
        paint(shape, GROUNDS["light"].panel, SHADES["light"][picture.view.group(group).colour].line)
        title = picture.view.group(group).title[picture.language]
        write_in(slide, shape, title, TYPE, strong=True)
        shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP
        shape.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT


def add_node(slide: Slide, node: NodeRow) -> Any:
    """Add a thing, which links to what is known of it, and return its shape."""
    card = CARDS[slide.picture.view.layout]
    width, height = (card.width, card.height) if card.width else (140.0, 48.0)
    shape = slide.shapes.add_shape(
        MSO_SHAPE.ROUNDED_RECTANGLE, *slide.at(node.x - width / 2, node.y - height / 2),
        slide.emu(width), slide.emu(height),
    )  # fmt: skip
    shape.name = clean(node.id)
    shade = SHADES["light"][slide.picture.view.group(node.group).colour]
    paint(shape, shade.fill, shade.line)
    # What does not fit is cut as in the picture; the whole name is what readers of screens hear.
    write_in(slide, shape, cut(node.label, width - 4, TYPE, card.lines), TYPE)
    shape._element.nvSpPr.cNvPr.set("descr", clean(f"{node.label} · {node.group_title}"))
    if not node.id.startswith("urn:"):
        shape.click_action.hyperlink.address = clean(node.id)
    return shape


def paint(shape: Any, fill: str, line: str) -> None:
    """Give a shape its colours, and no shadow."""
    shape.fill.solid()
    shape.fill.fore_color.rgb = colour(fill)
    shape.line.color.rgb = colour(line)
    shape.line.width = Pt(0.75)
    flat(shape)


def flat(shape: Any) -> None:
    """Take the shadow from a shape or line that the theme gives it."""
    for effect in shape._element.iter(qn("a:effectRef")):
        effect.set("idx", "0")


def write_in(slide: Slide, shape: Any, said: str, size: float, *, strong: bool = False) -> None:
    """Write into a shape."""
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = slide.emu(4)
    frame.margin_top = frame.margin_bottom = slide.emu(2)
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame.text = clean(said)
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.CENTER
    paragraph.font.size = slide.points(size)
    paragraph.font.bold = strong
    paragraph.font.color.rgb = colour(GROUNDS["light"].ink)


def add_edge(slide: Slide, edge: EdgeRow, ends: dict[str, Any]) -> None:
    """Add a connector that is glued to both things, under them."""
    relation = slide.picture.view.relation(edge.relation)
    straight = edge.source == edge.target or not slide.picture.places.boxes
    kind = MSO_CONNECTOR.STRAIGHT if straight else MSO_CONNECTOR.ELBOW
    line = slide.shapes.add_connector(kind, Emu(0), Emu(0), Emu(0), Emu(0))
    start, end = ends[edge.source], ends[edge.target]
    first, last = sites(start, end)
    line.begin_connect(start, first)
    line.end_connect(end, last)
    line.name = clean(edge.id)
    flat(line)
    line.line.color.rgb = colour(SHADES["light"][relation.colour].line)
    line.line.width = Pt(0.5 if relation.dashed else 0.75)
    if relation.dashed:
        line.line.dash_style = MSO_LINE.DASH
    if relation.directed:
        drawn = line.line._get_or_add_ln()
        head = drawn.makeelement(qn("a:tailEnd"), {"type": "triangle", "w": "sm", "len": "sm"})
        drawn.append(head)
    # Behind all shapes that have been added, but before the boxes.
    tree = slide.shapes._spTree
    tree.remove(line._element)
    tree.insert(2 + len(slide.picture.places.boxes), line._element)


def sites(start: Any, end: Any) -> tuple[int, int]:
    """Return at which sides of two shapes a connector begins and ends: 0 top, then leftwards."""
    dx = end.left - start.left
    dy = end.top - start.top
    if abs(dx) > abs(dy):
        return (3, 1) if dx > 0 else (1, 3)
    return (2, 0) if dy > 0 else (0, 2)


def add_texts(slide: Slide) -> None:
    """Add the title above, and below the legend and the credits."""
    picture = slide.picture
    add_text(
        slide,
        "title",
        [picture.heading()],
        (MARGIN, 150_000),
        (slide.wide - 2 * MARGIN, 420_000),
        20,
    )
    signs = [
        (SHADES["light"][picture.view.group(one).colour].line, "■ ",
         picture.view.group(one).title[picture.language])
        for one in picture.used_groups()
    ]  # fmt: skip
    signs += [
        (SHADES["light"][picture.view.relation(one).colour].line,
         "┅┅ " if picture.view.relation(one).dashed else "── ",
         picture.view.relation(one).title[picture.language])
        for one in picture.used_relations()
    ]  # fmt: skip
    top = slide.high - slide.foot
    each, width = slide.rows, (slide.wide - 2 * MARGIN) // slide.columns
    for column in range(0, len(signs), each):
        left = MARGIN + column // each * width
        box = slide.shapes.add_textbox(Emu(left), Emu(top), Emu(width), Emu(each * LINE))
        box.name = f"legend {column // each + 1}"
        frame = box.text_frame
        frame.word_wrap = True
        for place, (sign_colour, sign, said) in enumerate(signs[column : column + each]):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            for part, code in ((sign, sign_colour), (said, GROUNDS["light"].ink)):
                run = paragraph.add_run()
                run.text, run.font.size, run.font.color.rgb = clean(part), Pt(8.5), colour(code)
    credits_ = [*picture.credits(), picture.address]
    corner = (MARGIN, slide.high - CREDITS - MARGIN // 2)
    add_text(slide, "credits", credits_, corner, (slide.wide - 2 * MARGIN, CREDITS), 7)


def add_text(
    slide: Slide, name: str, said: list[str], corner: tuple[int, int], size: tuple[int, int],
    points: float,
) -> None:  # fmt: skip
    """Add a block of text."""
    box = slide.shapes.add_textbox(Emu(corner[0]), Emu(corner[1]), Emu(size[0]), Emu(size[1]))
    box.name = name
    box.text_frame.word_wrap = True
    for place, line in enumerate(said):
        paragraph = box.text_frame.paragraphs[0] if place == 0 else box.text_frame.add_paragraph()
        paragraph.text = clean(line)
        paragraph.font.size = Pt(points)
        paragraph.font.color.rgb = colour(GROUNDS["light"].ink)


FORMAT = Format(".pptx", MEDIA, "PowerPoint", write, order=5)
