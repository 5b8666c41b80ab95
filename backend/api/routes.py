"""Every operation of the API, with who may use it. A domain adds its own v1 module here."""

from backend.api.routing import Route
from backend.api.v1 import (
    auth,
    discovery,
    health,
    imports,
    jobs,
    labels,
    notifications,
    printers,
    reports,
    sagas,
    sample_holds,
    sample_quality,
    sample_steps,
    sample_volumes,
    samples,
    sequencing,
    storage,
    storage_acts,
)

ROUTES: tuple[Route, ...] = (
    *auth.ROUTES,
    *jobs.ROUTES,
    *sagas.ROUTES,
    *samples.ROUTES,
    *sample_volumes.ROUTES,
    *sample_holds.ROUTES,
    *sample_quality.ROUTES,
    *sample_steps.ROUTES,
    *storage.ROUTES,
    *storage_acts.ROUTES,
    *imports.ROUTES,
    *labels.ROUTES,
    *printers.ROUTES,
    *sequencing.ROUTES,
    *reports.ROUTES,
    *notifications.ROUTES,
    *health.ROUTES,
    *discovery.ROUTES,
)
