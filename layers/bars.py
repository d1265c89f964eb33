"""How long the bars of a ranking are; what is counted in different units has different scales."""

from collections.abc import Sequence

from layers.run_tables import Line, RunTable


def length(table: RunTable, line: Line) -> float:
    """The figure a row is ranked by; 0 where it is unknown or below nothing."""
    value = line.values.get(table.bar)
    return max(0.0, float(value)) if isinstance(value, int | float) else 0.0


def shares(table: RunTable) -> list[float | None]:
    """
    Each row's part of the longest bar of its unit, 0 to 1; None where its unit has no bar.

    Seats are counted in thousands and institutions in tens: on one scale only seats would be seen.
    """
    lengths = [length(table, line) for line in table.lines]
    units = [unit(line) for line in table.lines]
    longest = {
        each: max(long for long, of in zip(lengths, units, strict=True) if of == each)
        for each in set(units)
    }
    return [
        long / longest[of] if longest[of] > 0 else None
        for long, of in zip(lengths, units, strict=True)
    ]


def unit(line: Line) -> str:
    """What the row is counted in; the same for all where the row does not say."""
    return str(line.values.get("unit", ""))


def has_several_scales(lines: Sequence[Line]) -> bool:
    """Whether bars of the table may not be compared all with all."""
    return len({unit(line) for line in lines}) > 1
