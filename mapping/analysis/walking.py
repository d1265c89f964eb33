"""How fast people walk, unless somebody says otherwise. Apart, because it costs nothing to read."""

DEFAULT_SPEED_KMH = 4.8
