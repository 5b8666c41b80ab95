"""Our stylesheets and scripts, each as one file with its content's hash in the address.

Read once at start: vendor first, then assets/ in the order of the file names. One request
instead of thirty, cached for a year, and a new start with changed files has a new address.
"""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, abort, request

from dashboard.script_files import LONG

VENDOR_STYLES = ("bootstrap.css", "fonts.css", "icons.css")
# Loaded on their own: the theme before the first paint, the worker by its address.
SEPARATE_SCRIPTS = frozenset({"theme-first.js", "live-worker.js", "sign-in.js", "plotly-theme.js"})


class AssetsNotBuilt(RuntimeError):
    """``assets/vendor/`` is missing; the message says how to make it."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """One text, its compressed form and its address."""

    text: bytes
    gzipped: bytes
    url: str
    mimetype: str


def make_bundles(assets: Path) -> tuple[Bundle, Bundle]:
    """Return (styles, scripts).

    Raises:
        AssetsNotBuilt: the vendor folder is missing.
    """
    vendor = assets / "vendor"
    if not (vendor / "icons.css").exists():
        raise AssetsNotBuilt(
            "The front-end assets are not built. Run: python -m dashboard.assets_build"
        )
    styles = [vendor / name for name in VENDOR_STYLES] + sorted(assets.glob("*.css"))
    scripts = [p for p in sorted(assets.glob("*.js")) if p.name not in SEPARATE_SCRIPTS]
    return (
        _bundle(styles, "css", b"\n", "text/css"),
        _bundle(scripts, "js", b"\n;\n", "text/javascript"),
    )


def blueprint(assets: Path, styles: Bundle, scripts: Bundle) -> Blueprint:
    """Return the routes of the two bundles and of plotly's cartesian build."""
    made = Blueprint("bundle", __name__)
    plotly_js = _bundle(
        [assets / "vendor" / "plotly.js", assets / "plotly-theme.js"],
        "plotly",
        b"\n;\n",
        "text/javascript",
    )

    @made.get("/assets/tracseq-<digest>.css")
    def stylesheet(digest: str) -> Response:
        return _serve_exact(styles, digest)

    @made.get("/assets/tracseq-<digest>.js")
    def script(digest: str) -> Response:
        return _serve_exact(scripts, digest)

    # Where the renderer looks for plotly.js when a page has its first graph: the cartesian bundle
    # is a third of the full one, and pages without a graph never load it.
    @made.get("/_dash-component-suites/plotly/package_data/plotly.min.js")
    def plotly() -> Response:
        return _serve(plotly_js)

    return made


def _bundle(paths: list[Path], kind: str, joint: bytes, mimetype: str) -> Bundle:
    text = joint.join(path.read_bytes() for path in paths)
    digest = hashlib.sha256(text).hexdigest()[:16]
    return Bundle(text, gzip.compress(text, mtime=0), f"/assets/tracseq-{digest}.{kind}", mimetype)


def _serve_exact(bundle: Bundle, digest: str) -> Response:
    if f"tracseq-{digest}." not in bundle.url:
        abort(404)
    response = _serve(bundle)
    response.headers["Cache-Control"] = LONG
    return response


def _serve(bundle: Bundle) -> Response:
    """Return the bundle, compressed beforehand where the browser takes gzip."""
    if not request.accept_encodings.quality("gzip"):
        return Response(bundle.text, mimetype=bundle.mimetype)
    response = Response(bundle.gzipped, mimetype=bundle.mimetype)
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response
