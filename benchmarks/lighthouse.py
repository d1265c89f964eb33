"""
Lighthouse's scores of public pages on its mobile profile, and how many bytes the first view takes.

`python -m benchmarks.lighthouse http://127.0.0.1:8000/novosibirsk/ …` against a running site
(DEBUG off, static files collected). Lighthouse itself comes from npm, for this alone.
"""

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "lighthouse@12.8.2"
CHROMIUM = os.environ.get("CHROMIUM_PATH", "/usr/bin/chromium")
CATEGORIES = ("performance", "accessibility")
LEAST_SCORE = 95
LIMIT_BYTES = 300_000
ATTEMPTS = 3
METRICS = (
    "first-contentful-paint",
    "largest-contentful-paint",
    "total-blocking-time",
    "cumulative-layout-shift",
    "speed-index",
)


def main() -> None:
    options = _options()
    for address in options.addresses:
        runs = [_measure(address) for _ in range(options.runs)]
        # The median run, as Lighthouse itself advises: one run of a busy machine says little.
        runs.sort(key=lambda run: run["categories"]["performance"]["score"] or 0)
        _print(address, runs[len(runs) // 2])
        if options.reports:
            options.reports.mkdir(parents=True, exist_ok=True)
            name = "-".join(part for part in address.split("/")[3:] if part) or "home"
            path = options.reports / f"{name}.json"
            path.write_text(json.dumps(runs[len(runs) // 2], ensure_ascii=False))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lighthouse", description=__doc__)
    parser.add_argument("addresses", nargs="+", metavar="ADDRESS")
    parser.add_argument("--runs", type=int, default=3, help="of each page; the median is told")
    parser.add_argument("--reports", type=Path, metavar="DIR", help="keep the whole reports here")
    return parser.parse_args()


def _measure(address: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = ["npx", "--yes", f"--package={PACKAGE}", "lighthouse", address, "--quiet"]
        command += [f"--only-categories={','.join(CATEGORIES)}", "--output=json"]
        command += [f"--output-path={report}"]
        command += ["--chrome-flags=--headless --no-sandbox --disable-gpu"]
        # Now and then Lighthouse misses the beginning of a page, and says so: it is asked again.
        for attempt in range(1, ATTEMPTS + 1):
            done = subprocess.run(
                command, check=attempt == ATTEMPTS, env=os.environ | {"CHROME_PATH": CHROMIUM}
            )
            if done.returncode == 0:
                break
        return json.loads(report.read_text())


def _print(address: str, run: dict[str, Any]) -> None:
    audits = run["audits"]
    scores = {name: round(100 * run["categories"][name]["score"]) for name in CATEGORIES}
    sent = int(audits["total-byte-weight"]["numericValue"])
    print(address)
    for name, score in scores.items():
        print(f"  {name:14}{score:>4}  {'met' if score >= LEAST_SCORE else 'MISSED'}")
    print(f"  {sent:,} bytes  {'met' if sent <= LIMIT_BYTES else 'MISSED'}")
    told = (f"{audits[name]['title']} {audits[name].get('displayValue', '')}" for name in METRICS)
    print("  " + "; ".join(told))
    for audit in _faults(run):
        print(f"  {audit['id']}: {audit['title']} {audit.get('displayValue', '')}")


def _faults(run: dict[str, Any]) -> list[dict[str, Any]]:
    """What costs points."""
    weighed = (
        reference["id"]
        for name in CATEGORIES
        for reference in run["categories"][name]["auditRefs"]
        if reference["weight"]
    )
    audits = (run["audits"][name] for name in weighed)
    return [audit for audit in audits if audit["score"] is not None and audit["score"] < 0.9]


if __name__ == "__main__":
    main()
