"""Figures in templates, said the same way as everywhere else."""

from django import template

from layers import wording

register = template.Library()

register.filter("people", wording.number)
register.filter("share", wording.percent)
register.filter("minutes", wording.walk_minutes)
