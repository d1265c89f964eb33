"""
Pure analysis: arrays in, arrays out.

Nothing here knows of requests, tables or the clock. One file per question; lengths are metres in
the city's metric CRS, times are minutes, `inf` means "no path" and NaN means "no data".
"""
