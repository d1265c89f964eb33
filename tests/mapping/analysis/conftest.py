"""Invented towns are the same in every run, and nobody holds a watch while kernels compile."""

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")
