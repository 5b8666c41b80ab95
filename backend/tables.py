"""Imports every module of tables, so that the metadata is whole."""

from backend.auth import models as auth_models
from backend.core.orm import Base
from backend.events import models as events_models
from backend.samples import models as samples_models
from backend.storage import models as storage_models
from backend.telemetry import models as telemetry_models
from backend.work import models as work_models

MODULES = (
    events_models,
    work_models,
    auth_models,
    samples_models,
    telemetry_models,
    storage_models,
)

metadata = Base.metadata
