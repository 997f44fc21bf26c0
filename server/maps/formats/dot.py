"""DOT: for Graphviz, with a cluster per group."""

from server.maps.format import Format
from server.maps.palette import SHADES
from server.maps.picture import Picture
from server.maps.rows import EdgeRow, NodeRow, edge_rows, node_rows
from server.maps.text import clean


def write(picture: Picture) -> bytes:
    """Return the graph in the language of Graphviz."""
    nodes = node_rows(picture)
    said = " | ".join([picture.heading(), *picture.credits()])
    lines = [
        *(f"// {name}: {clean(value)}" for name, value in picture.about().items() if value),
        f"digraph {quoted(picture.view.id)} {{",
        f"  graph [label={quoted(said)}, rankdir=LR];",
        '  node [shape=box, style="rounded,filled"];',
    ]
    for group in picture.used_groups():
        lines.append(f"  subgraph {quoted(f'cluster_{group}')} {{")
        lines.append(f"    label={quoted(picture.view.group(group).title[picture.language])};")
        lines += [node_line(picture, one) for one in nodes if one.group == group]
        lines.append("  }")
    lines += [edge_line(picture, one) for one in edge_rows(picture)]
    return "\n".join([*lines, "}", ""]).encode()


def node_line(picture: Picture, node: NodeRow) -> str:
    """Return the line of a thing."""
    shade = SHADES["light"][picture.view.group(node.group).colour]
    return (
        f"    {quoted(node.id)} [label={quoted(node.label)}, URL={quoted(node.id)},"
        f' fillcolor="{shade.fill}", color="{shade.line}"];'
    )


def edge_line(picture: Picture, edge: EdgeRow) -> str:
    """Return the line of a tie."""
    relation = picture.view.relation(edge.relation)
    said = [
        f"label={quoted(edge.relation_title)}", f'color="{SHADES["light"][relation.colour].line}"',
        f"comment={quoted(edge.id)}", f"weight={edge.count}",
        *(["style=dashed"] if relation.dashed else []),
        *([] if relation.directed else ["dir=none"]),
    ]  # fmt: skip
    return f"  {quoted(edge.source)} -> {quoted(edge.target)} [{', '.join(said)}];"


def quoted(text: str) -> str:
    r"""Return a text as DOT quotes it: nothing in it can end the quotation or mean a layout.

    >>> quoted('a"]; b\\N')
    '"a\\"]; b\\\\N"'
    """
    escaped = clean(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


FORMAT = Format(".dot", "text/vnd.graphviz", "DOT (Graphviz)", write, order=23, aliases=(".gv",))
