"""Cytoscape JSON: for Cytoscape and Cytoscape.js."""

import json
from dataclasses import asdict

from server.maps.format import Format
from server.maps.palette import SHADES
from server.maps.picture import Picture
from server.maps.rows import edge_rows, node_rows


def write(picture: Picture) -> bytes:
    """Return the graph as Cytoscape's elements, with places."""
    nodes = []
    for node in node_rows(picture):
        said = asdict(node)
        place = {"x": said.pop("x"), "y": said.pop("y")}
        colour = SHADES["light"][picture.view.group(node.group).colour].line
        nodes.append(
            {
                "data": {**said, "name": node.label, "value": node.id, "colour": colour},
                "position": place,
            }
        )
    edges = [
        {"data": {**asdict(one), "interaction": one.relation, "key": one.id}}
        for one in edge_rows(picture)
    ]
    content = {
        "data": {"name": picture.title, **picture.about()},
        "directed": True,
        "multigraph": True,
        "elements": {"nodes": nodes, "edges": edges},
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()


FORMAT = Format(".cyjs", "application/vnd.cytoscape+json", "Cytoscape JSON", write, order=24)
