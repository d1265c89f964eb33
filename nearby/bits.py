"""Sets of numbered things as whole numbers: bit i is set where thing i is in the set."""

from collections.abc import Iterable, Iterator, Sequence


def of(numbers: Iterable[int], count: int) -> int:
    """The set of these numbers, each below `count`."""
    marks = bytearray(b"0" * count)
    for number in numbers:
        marks[number] = ord("1")
    return from_flags(marks)


def where(flags: Iterable[object]) -> int:
    """The set of the places where a flag is true."""
    return from_flags(bytearray(b"1" if flag else b"0")[0] for flag in flags)


def from_flags(marks: Iterable[int]) -> int:
    """The set written as the letters 0 and 1, thing 0 first."""
    return int(bytes(marks)[::-1] or b"0", 2)


def every(count: int) -> int:
    """The set of all things."""
    return (1 << count) - 1


def members(mask: int) -> Iterator[int]:
    """The numbers of a set, ascending."""
    for number, mark in enumerate(bin(mask)[:1:-1]):
        if mark == "1":
            yield number


def in_order(mask: int, order: Sequence[int]) -> Iterator[int]:
    """The numbers of a set in the given order."""
    marks = bin(mask)[:1:-1]
    return (number for number in order if number < len(marks) and marks[number] == "1")
