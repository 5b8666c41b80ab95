"""The web server: Flask, sign-in, API and Dash in the order that keeps every door shut.

The gate comes before Dash so that nothing of Dash answers without a session; the warm-up comes
last because the first request makes Dash add its routes (STACK 0.3), and only then can be checked
that every rule and every callback has a declared permission.
"""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import dash
from dash import _callback as dash_callbacks
from flask import Flask, Request
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from backend.api import app as api
from backend.core import secret_files
from backend.core.config import Settings
from dashboard import (
    bundle,
    callback_modules,
    errors,
    gate,
    headers,
    job_callbacks,
    live_versions,
    request_counts,
    router,
    script_files,
    search,
    session,
    shell,
)
from dashboard import shell_callbacks as shell_callbacks_module
from dashboard.index_page import TracSeqDash
from dashboard.pages.admin import trail_download as audit_files
from dashboard.pages.audits import download as inventory_files
from dashboard.pages.custody import download as shipment_files
from dashboard.pages.documents import download as document_files
from dashboard.pages.labels import download as label_files
from dashboard.pages.libraries import download as library_files
from dashboard.pages.picks import download as pick_files
from dashboard.pages.pools import download as pool_files
from dashboard.pages.register import download as import_files
from dashboard.pages.reports import download as report_files
from dashboard.pages.run_plans import download as run_sheet_files
from dashboard.pages.samples import attachment_download as attachment_files
from dashboard.pages.samples import download as sample_files
from dashboard.pages.setup import download as place_files
from dashboard.pages.templates import download as template_files
from dashboard.sign_in import views as sign_in

ASSETS = Path(__file__).resolve().parent.parent / "assets"
MAX_UPLOAD_BYTES = 32 * 1024 * 1024

# Imported so that their callbacks are declared before Dash reads its list.
CALLBACK_MODULES = (
    router,
    shell_callbacks_module,
    search,
    job_callbacks,
    *callback_modules.CALLBACK_MODULES,
)


def create_app(settings: Settings) -> Flask:
    """Return the server, warmed up and checked; the entry point has bound the database.

    Raises:
        UndeclaredAccess: a URL rule or a callback has no declared permission.
        AssetsNotBuilt: assets/vendor/ is missing.
        SecretRefused: the session key is missing or others may read it.
    """
    styles, scripts = bundle.make_bundles(ASSETS)
    server = Flask("tracseq", static_folder=None)
    request_counts.install(server)
    _configure(server, settings, styles_url=styles.url, scripts_url=scripts.url)
    session.install(server)
    callback_map: dict[str, object] = {}
    gate.install(server, callback_map)
    server.register_blueprint(bundle.blueprint(ASSETS, styles, scripts))
    server.register_blueprint(sign_in.blueprint())
    server.register_blueprint(live_versions.blueprint())
    server.register_blueprint(report_files.blueprint())
    server.register_blueprint(sample_files.blueprint())
    server.register_blueprint(label_files.blueprint())
    server.register_blueprint(attachment_files.blueprint())
    server.register_blueprint(template_files.blueprint())
    server.register_blueprint(document_files.blueprint())
    server.register_blueprint(shipment_files.blueprint())
    server.register_blueprint(pick_files.blueprint())
    server.register_blueprint(pool_files.blueprint())
    server.register_blueprint(library_files.blueprint())
    server.register_blueprint(run_sheet_files.blueprint())
    server.register_blueprint(inventory_files.blueprint())
    server.register_blueprint(place_files.blueprint())
    server.register_blueprint(audit_files.blueprint())
    server.register_blueprint(import_files.blueprint())
    api.register(server, settings)
    app = _dash(server)
    headers.install(server, app)
    script_files.install(server)
    router.answer_unknown_pages_with_404(server)
    _warm_up(app, callback_map)
    gate.assert_complete(app)
    server.config["FIRST_SCRIPTS"] = app.first_scripts()
    return server


def _configure(server: Flask, settings: Settings, *, styles_url: str, scripts_url: str) -> None:
    key = secret_files.read(settings.secrets_dir, secret_files.SESSION_KEY).decode()
    server.config.update(
        SECRET_KEY=key,
        MAX_CONTENT_LENGTH=MAX_UPLOAD_BYTES,
        READINGS_KEPT_DAYS=settings.readings_kept_days,
        TIME_ZONE=settings.time_zone,
        SITE_NAME=settings.site_name,
        FILES_DIR=settings.files_dir,
        HAS_MAIL=settings.smtp_url is not None,
        RACK_SCANNERS=settings.rack_scanners,
        IDLE_SECONDS=settings.idle_minutes * 60,
        SESSION_HOURS=settings.session_hours,
        LIVE_URL=live_url(settings),
        LIVE_ORIGIN=lambda request: _origin(live_url(settings)(request)),
        STYLES_URL=styles_url,
        SCRIPTS_URL=scripts_url,
        COMPRESS_MIMETYPES=["text/html", "application/json", "application/javascript"],
        # Files stay files: compressing their stream would leave each one open.
        COMPRESS_STREAMS=False,
    )
    Compress(server)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        server.wsgi_app = ProxyFix(  # type: ignore[method-assign] # the documented way
            server.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )


def live_url(settings: Settings) -> Callable[[Request], str]:
    """Return the function that says where a request's browser finds the live feed."""

    def address(request: Request) -> str:
        if settings.live_public_url:
            return settings.live_public_url
        host = urlsplit(f"//{request.host}").hostname or "localhost"
        return f"{request.scheme}://{host}:{settings.live_port_number}/events"

    return address


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _dash(server: Flask) -> TracSeqDash:
    app = TracSeqDash(
        "tracseq",
        server=server,  # type: ignore[arg-type] # Dash types it as a switch only
        title="TracSeq",
        update_title=None,  # type: ignore[arg-type] # None is how Dash leaves the title alone
        assets_folder=str(ASSETS),
        # Ours are bundled (dashboard/bundle.py); Dash only serves the folder's single files.
        assets_ignore=".*",
        # Otherwise Dash draws every page for the first visitor and hands it to all (STACK 0.4).
        suppress_callback_exceptions=True,
        use_async=False,
        compress=False,
        serve_locally=True,
        csrf_token_name=session.CSRF_COOKIE,
        csrf_header_name=session.CSRF_HEADER,
        on_error=errors.report,
    )
    app.enable_dev_tools(debug=False)
    app.layout = shell.layout
    return app


def _warm_up(app: dash.Dash, callback_map: dict[str, object]) -> None:
    """Make Dash add its routes and callbacks now, not under the first visitors' requests.

    Dash empties its module-wide lists into the first app; they are put back, so that a second app
    of the same process (tests make one per laboratory) is whole too.
    """
    listed = list(dash_callbacks.GLOBAL_CALLBACK_LIST)
    mapped = dict(dash_callbacks.GLOBAL_CALLBACK_MAP)
    app.server.test_client().get("/health/live")
    dash_callbacks.GLOBAL_CALLBACK_LIST.extend(listed)
    dash_callbacks.GLOBAL_CALLBACK_MAP.update(mapped)
    callback_map.update(app.callback_map)
