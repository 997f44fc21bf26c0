"""GEXF: for Gephi and Gephi Lite, with colours and places."""

from xml.etree import ElementTree

from networkx.readwrite.gexf import GEXFWriter

from server.maps.format import Format
from server.maps.networks import network
from server.maps.palette import SHADES
from server.maps.picture import Picture
from server.maps.text import clean

SCHEMA_PLACE = "xsi:schemaLocation"


def write(picture: Picture) -> bytes:
    """Return the graph as GEXF 1.3."""
    graph = network(picture)
    graph.graph.clear()
    for name, said in graph.nodes(data=True):
        colour = SHADES["light"][picture.view.group(picture.map.nodes[name].group).colour].line
        red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
        said["viz"] = {
            "color": {"r": red, "g": green, "b": blue},
            # Gephi counts upwards.
            "position": {"x": said.pop("x"), "y": -said.pop("y"), "z": 0.0},
            "size": 10.0,
        }
    for _source, _target, said in graph.edges(data=True):
        said["label"] = said["relation_title"]
        said["weight"] = float(said["count"])
        # These are the ends and the name of the edge, which it has anyway.
        del said["source"], said["target"]
    writer = GEXFWriter(prettyprint=False, version="1.3")
    writer.add_graph(graph)
    # Neither is in the schema of GEXF: the one because its namespace is mistyped.
    writer.xml.attrib.pop(SCHEMA_PLACE, None)
    for drawn in writer.xml.iter("graph"):
        drawn.attrib.pop("name", None)
    describe(writer.xml, picture)
    found: bytes = ElementTree.tostring(writer.xml, encoding="utf-8", xml_declaration=True)
    return found


def describe(root: ElementTree.Element, picture: Picture) -> None:
    """Say in the head of the file what it is and where it comes from, and not when it was asked."""
    meta = next(one for one in root if one.tag.rpartition("}")[2] == "meta")
    meta.set("lastmodifieddate", picture.created.isoformat())
    start = meta.tag.rpartition("}")[0]
    space = f"{start}}}" if start else ""
    for child in list(meta):
        meta.remove(child)
    said = picture.about()
    about = [picture.heading(), *picture.credits(), said["address"]]
    texts = {
        "creator": "Maillage",
        "keywords": said["view"],
        "description": ". ".join(map(clean, about)),
    }
    for name, value in texts.items():
        ElementTree.SubElement(meta, f"{space}{name}").text = value


FORMAT = Format(".gexf", "application/gexf+xml", "GEXF (Gephi)", write, order=21)
