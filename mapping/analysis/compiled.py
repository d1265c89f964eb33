"""The one way a loop becomes machine code, kept on disk where the disk lets us."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(function: Kernel) -> Kernel:
    """
    Compile `function` on its first call and cache the machine code beside it.

    Other threads go on while a kernel runs, so kernels touch nothing but their arguments.
    Kernels that call one another must live in one file: the cache is keyed by the file of the
    outer kernel alone and would not notice a change elsewhere.
    """
    try:
        return cast(Kernel, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # nowhere to write: a read-only checkout and no home folder
        return cast(Kernel, numba.njit(nogil=True)(function))
