"""How stored things become a map, an answer or a report."""
