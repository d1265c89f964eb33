"""Run the engine and its peers side by side, on an invented city or on that of a pack."""

import argparse
import json
import platform
from dataclasses import asdict
from pathlib import Path

from benchmarks.city import BenchCity, pack_city, synthetic_city
from benchmarks.jobs import run_jobs
from benchmarks.timing import Outcome


def main() -> None:
    """Parse the arguments, run the jobs, print a row for each."""
    options = _options()
    city = _city(options)
    print(f"{city.name}: {len(city.lines):,} streets, {len(city.units_xy):,} homes")
    print(f"{'job':26}{'ours, s':>10}{'peer, s':>10}{'ratio':>8}  peer; note")
    outcomes = []
    for outcome in run_jobs(city):
        outcomes.append(outcome)
        print(_row(outcome), flush=True)
    if options.json:
        _write(options.json, city.name, outcomes)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a town instead of a city: seconds")
    parser.add_argument("--pack", type=Path, help="measure on the city of this pack")
    parser.add_argument("--data", type=Path, metavar="DIR", help="where the pack's files may lie")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    return parser.parse_args()


def _city(options: argparse.Namespace) -> BenchCity:
    if options.pack:
        return pack_city(options.pack, options.data)
    if options.small:
        return synthetic_city(side=60, place_count=100)
    return synthetic_city(side=250, place_count=1000)


def _row(outcome: Outcome) -> str:
    peer_s = "" if outcome.peer_s is None else f"{outcome.peer_s:.3f}"
    ratio = "" if outcome.ratio is None else f"{outcome.ratio:.1f}"
    note = "; ".join(part for part in (outcome.peer, outcome.note) if part)
    return f"{outcome.job:26}{outcome.ours_s:>10.4f}{peer_s:>10}{ratio:>8}  {note}"


def _write(path: Path, city: str, outcomes: list[Outcome]) -> None:
    rows = [{**asdict(outcome), "ratio": outcome.ratio} for outcome in outcomes]
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    path.write_text(json.dumps({"city": city, "machine": machine, "jobs": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
