"""An online tile layer, for who wants one."""

from urllib.parse import urlsplit


def tile_origins(url: str) -> list[str]:
    """Whose pictures the layer brings: `https://{s}.x.org/…` → `https://*.x.org`; none for none."""
    parts = urlsplit(url.replace("{s}", "*"))
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
