"""JSON Graph Format: what programs read, scripts of the page among them."""

import json
from dataclasses import asdict

from server.maps.format import Format
from server.maps.palette import SHADES
from server.maps.picture import Picture, summary
from server.maps.rows import edge_rows, node_rows


def write(picture: Picture) -> bytes:
    """Return the graph in version 2 of JSON Graph Format, with places and colours."""
    nodes = {}
    for node in node_rows(picture):
        said = asdict(node)
        said.pop("id")
        said["colour"] = picture.view.group(node.group).colour
        nodes[node.id] = {"label": said.pop("label"), "metadata": said}
    edges = []
    for edge in edge_rows(picture):
        said = asdict(edge)
        ends = {"id": said.pop("id"), "source": said.pop("source"), "target": said.pop("target")}
        relation = picture.view.relation(edge.relation)
        said |= {"colour": relation.colour, "dashed": relation.dashed}
        edge_out = {**ends, "relation": said.pop("relation"), "label": said.pop("relation_title")}
        edges.append({**edge_out, "directed": relation.directed, "metadata": said})
    graph = {
        "id": picture.address,
        "type": picture.view.id,
        "label": picture.title,
        "directed": True,
        "metadata": {**picture.about(), "summary": summary(picture), "legend": legend(picture)},
        "nodes": nodes,
        "edges": edges,
    }
    return json.dumps({"graph": graph}, ensure_ascii=False, allow_nan=False).encode()


def legend(picture: Picture) -> dict[str, object]:
    """Return the groups and relations of the picture with their names and colours."""
    view, code = picture.view, picture.language
    return {
        "layout": view.layout,
        "groups": [
            {"id": one, "title": view.group(one).title[code], "colour": view.group(one).colour}
            for one in picture.used_groups()
        ],
        "relations": [
            {"id": one, "title": view.relation(one).title[code],
             "colour": view.relation(one).colour, "dashed": view.relation(one).dashed,
             "directed": view.relation(one).directed}
            for one in picture.used_relations()
        ],
        "colours": {theme: {name: asdict(shade) for name, shade in shades.items()}
                    for theme, shades in SHADES.items()},
    }  # fmt: skip


FORMAT = Format(".json", "application/vnd.jgf+json", "JSON Graph Format", write, order=25)
