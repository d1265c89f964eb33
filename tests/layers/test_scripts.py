"""Scripts of a page, from its entry."""

import pytest

from layers.scripts import modules_of


def test_modules_are_followed_to_the_end_and_named_once():
    names = modules_of(["js/pages/near.js"], with_later=True)

    assert names[0] == "js/pages/near.js"
    assert {"js/api.js", "js/map/map.js", "js/core/cluster.js"} <= set(names)
    assert len(names) == len(set(names))


def test_what_is_fetched_later_does_not_hold_up_the_first_view():
    names = modules_of(["js/pages/near.js"])

    assert "js/map/late.js" in names
    assert "js/map/map.js" not in names


def test_a_module_that_is_not_there_is_named():
    with pytest.raises(FileNotFoundError, match=r"js/nowhere\.js"):
        modules_of(["js/nowhere.js"])
