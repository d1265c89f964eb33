"""Side-by-side runs of the engine against its peers: `python -m benchmarks`."""
