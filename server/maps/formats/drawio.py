"""draw.io: the picture as shapes that can be moved, for diagrams.net."""

from collections.abc import Sequence
from html import escape
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from queries.maps.sizes import CARDS, TYPE
from server.maps.format import Format
from server.maps.palette import GROUNDS, SHADES
from server.maps.picture import Picture
from server.maps.rows import EdgeRow, NodeRow, edge_rows, node_rows
from server.maps.svg import bounds, radii_of
from server.maps.text import clean
from server.maps.ties import corners_of, number

INK = f"fontColor={GROUNDS['light'].ink};"
TEXT = (
    "text;html=1;align=left;verticalAlign=top;whiteSpace=wrap;fillColor=none;strokeColor=none;"
    f"{INK}fontSize={number(TYPE)};"
)
# A dot with its name below.
DOT = (
    "ellipse;shape=ellipse;whiteSpace=wrap;labelPosition=center;verticalLabelPosition=bottom;"
    f"verticalAlign=top;labelWidth=136;labelBackgroundColor={GROUNDS['light'].paper};"
)


def write(picture: Picture) -> bytes:
    """Return the picture as an uncompressed file of draw.io, with its legend and credits."""
    file = Element(
        "mxfile", host="Maillage", modified=f"{picture.created.isoformat()}T00:00:00.000Z"
    )
    for name, value in picture.about().items():
        file.set(f"maillage-{name.replace('_', '-')}", clean(value))
    page = SubElement(file, "diagram", id=picture.view.id, name=clean(picture.title))
    model = SubElement(page, "mxGraphModel", grid="0", page="0", background=GROUNDS["light"].paper)
    root = SubElement(model, "root")
    SubElement(root, "mxCell", id="0")
    SubElement(root, "mxCell", {"id": "1", "parent": "0"})
    add_boxes(root, picture)
    # What comes first lies below: ties run behind things, as in the picture.
    corners = corners_of(picture) if picture.view.layout == "boxes" else {}
    for edge in edge_rows(picture):
        add_edge(root, picture, edge, corners.get((edge.source, edge.target, edge.relation), ()))
    radii = radii_of(picture)
    for node in node_rows(picture):
        add_node(root, picture, node, radii[node.id])
    add_texts(root, picture)
    found: bytes = ElementTree.tostring(file, encoding="utf-8", xml_declaration=True)
    return found


def add_boxes(root: Element, picture: Picture) -> None:
    """Add the boxes of groups, where the layout has any."""
    used = set(picture.used_groups())
    for name, box in sorted(picture.places.boxes.items()):
        group = name.partition("+")[0]
        if group in used:
            shade = SHADES["light"][picture.view.group(group).colour]
            style = (
                "rounded=1;arcSize=3;html=1;whiteSpace=wrap;align=left;verticalAlign=top;"
                f"spacingLeft=6;fontStyle=1;{INK}fontSize={number(TYPE)};"
                f"fillColor={GROUNDS['light'].panel};strokeColor={shade.line};"
            )
            title = picture.view.group(group).title[picture.language]
            cell = shape(root, style, id=f"box {name}", value=escaped(title))
            geometry(cell, box.x, box.y, box.width, box.height)


def add_node(root: Element, picture: Picture, node: NodeRow, radius: float) -> None:
    """Add a thing, which links to what is known of it."""
    card = CARDS[picture.view.layout]
    width, height = (card.width, card.height) if card.width else (2 * radius, 2 * radius)
    shade = SHADES["light"][picture.view.group(node.group).colour]
    holder = SubElement(root, "object", id=clean(node.id), label=escaped(node.label))
    if not node.id.startswith("urn:"):
        holder.set("link", clean(node.id))
    holder.set("group", node.group)
    holder.set("tooltip", clean(f"{node.label} · {node.group_title}"))
    colours = f"fillColor={shade.fill};strokeColor={shade.line};"
    form = "rounded=1;whiteSpace=wrap;" if card.width else DOT
    style = f"{form}html=1;{colours}{INK}fontSize=12;"
    cell = shape(holder, style)
    geometry(cell, node.x - width / 2, node.y - height / 2, width, height)


def add_edge(
    root: Element, picture: Picture, edge: EdgeRow, corners: Sequence[tuple[float, float]]
) -> None:
    """Add a tie, whose ends stay with the things when they are moved."""
    relation = picture.view.relation(edge.relation)
    head = "endArrow=block;endSize=4;" if relation.directed else "endArrow=none;"
    dashes = "dashed=1;" if relation.dashed else ""
    style = (
        f"{way_of(picture, edge)}rounded=1;html=1;{head}{dashes}"
        f"strokeColor={SHADES['light'][relation.colour].line};"
    )
    holder = SubElement(root, "object", id=clean(edge.id), label="", relation=edge.relation)
    holder.set("tooltip", clean(f"{edge.source_label} {edge.relation_title} {edge.target_label}"))
    ends = {"source": clean(edge.source), "target": clean(edge.target)}
    cell = SubElement(holder, "mxCell", {"style": style, "edge": "1", "parent": "1", **ends})
    place = SubElement(cell, "mxGeometry", relative="1")
    place.set("as", "geometry")
    if corners:
        points = SubElement(place, "Array")
        points.set("as", "points")
        for x, y in corners[1:-1]:
            SubElement(points, "mxPoint", x=number(x), y=number(y))


def way_of(picture: Picture, edge: EdgeRow) -> str:
    """Return how a tie runs: from side to side of cards; straight from dot to dot."""
    if not CARDS[picture.view.layout].width or edge.source == edge.target:
        return ""
    if picture.view.layout == "boxes":
        return "exitX=0;exitY=0.5;entryX=0;entryY=0.5;"
    points = picture.places.points
    apart = points[edge.target][0] - points[edge.source][0]
    out = 0 if apart < 0 else 1
    into = 1 if apart <= 0 else 0
    return (
        f"edgeStyle=orthogonalEdgeStyle;curved=1;exitX={out or int(apart == 0)};exitY=0.5;"
        f"entryX={into};entryY=0.5;"
    )


def add_texts(root: Element, picture: Picture) -> None:
    """Add the title above, and below the legend and the credits."""
    left, top, _right, bottom = bounds(picture, radii_of(picture))
    title = f"<b>{escape(picture.heading())}</b><br>{escape(picture.text)}"
    add_text(root, "title", title, left, top - 90, 900, 70)
    shades = SHADES["light"]
    groups = [
        f'<span style="color:{shades[picture.view.group(one).colour].line}">■</span> '
        f"{escape(picture.view.group(one).title[picture.language])}"
        for one in picture.used_groups()
    ]
    relations = [
        f'<span style="color:{shades[picture.view.relation(one).colour].line}">'
        f"{'╌╌' if picture.view.relation(one).dashed else '──'}</span> "
        f"{escape(picture.view.relation(one).title[picture.language])}"
        for one in picture.used_relations()
    ]
    legend = "<br>".join([f"<b>{escape(picture.said['legend'])}</b>", *groups, *relations])
    add_text(
        root, "legend", legend, left, bottom + 40, 420, 20 * (len(groups) + len(relations) + 1)
    )
    said = "<br>".join(escape(clean(one)) for one in (*picture.credits(), picture.address))
    add_text(root, "credits", said, left + 460, bottom + 40, 700, 90)


def add_text(
    root: Element, name: str, said: str, x: float, y: float, width: float, height: float
) -> None:
    """Add a block of text."""
    cell = shape(root, TEXT, id=name, value=clean(said))
    geometry(cell, x, y, width, height)


def shape(holder: Element, style: str, **said: str) -> Element:
    """Return a new shape."""
    return SubElement(holder, "mxCell", {**said, "style": style, "vertex": "1", "parent": "1"})


def geometry(cell: Element, x: float, y: float, width: float, height: float) -> None:
    """Say where a shape is."""
    SubElement(
        cell, "mxGeometry", x=number(x), y=number(y), width=number(width), height=number(height)
    ).set("as", "geometry")


def escaped(text: str) -> str:
    """Return a text as the label of a shape, which is HTML."""
    return escape(clean(text), quote=False)


FORMAT = Format(".drawio", "application/vnd.jgraph.mxfile", "draw.io", write, order=4)
