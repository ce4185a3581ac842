"""Redraws the catalogue: `python -m resources.draw [ID ...] [--output FOLDER] [--long-side PIXELS]`."""

import argparse
import sys
from pathlib import Path

from resources.draw.catalogue import PRODUCTS
from resources.draw.export import export
from resources.draw.studio import LONG_SIDE


def main() -> int:
    """Draw the wanted garments, all by default; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m resources.draw", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="garments to draw (default: all)")
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).parents[1] / "garments", help="folder to draw into"
    )
    parser.add_argument(
        "--long-side", type=int, default=LONG_SIDE, help="pixels of the longer side (default: %(default)s)"
    )
    wanted = parser.parse_args()
    known = {product.id: product for product in PRODUCTS}
    strange = [name for name in wanted.ids if name not in known]
    if strange:
        parser.error(f"no such garment: {', '.join(strange)} (there are: {', '.join(known)})")
    for name in wanted.ids or known:
        sys.stdout.write(f"{export(known[name], wanted.output, wanted.long_side)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
