"""A Kumu blueprint: elements and connections, as Kumu takes them in."""

import json

from server.maps.format import Format
from server.maps.picture import Picture
from server.maps.rows import EdgeRow, NodeRow, edge_rows, node_rows


def write(picture: Picture) -> bytes:
    """Return the graph as a blueprint; what it says of itself is in every element."""
    content = {
        "elements": [element(picture, one) for one in node_rows(picture)],
        "connections": [connection(picture, one) for one in edge_rows(picture)],
        "description": picture.about(),
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()


def element(picture: Picture, node: NodeRow) -> dict[str, object]:
    """Return a thing."""
    return {
        "id": node.id, "label": node.label, "type": node.group_title,
        "description": "\n".join([node.id, *picture.credits()]),
        "tags": [one for one in node.territories.split("; ") if one],
        "Families": node.families, "Count": node.count,
    }  # fmt: skip


def connection(picture: Picture, edge: EdgeRow) -> dict[str, object]:
    """Return a tie."""
    directed = picture.view.relation(edge.relation).directed
    return {
        "id": edge.id, "from": edge.source, "to": edge.target, "type": edge.relation_title,
        "direction": "directed" if directed else "undirected", "Start date": edge.since,
        "End date": edge.until, "Source": edge.sources, "Count": edge.count,
    }  # fmt: skip


FORMAT = Format(".kumu.json", "application/json", "Kumu", write, order=26)
