import numba
import numpy as np

from mapping.analysis.compiled import compiled


def test_runs_where_no_machine_code_can_be_kept(monkeypatch):
    really = numba.njit

    def nowhere_to_write(*, cache=False, nogil):
        def decorate(function):
            if cache:
                raise RuntimeError("no locator available")
            return really(nogil=nogil)(function)

        return decorate

    monkeypatch.setattr(numba, "njit", nowhere_to_write)

    @compiled
    def double(values):
        return values * 2

    assert double(np.array([21]))[0] == 42
