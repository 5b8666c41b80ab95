"""Ids of the Admin page."""

PEOPLE = "admin-people"
NEW_NAME = "admin-new-name"
NEW_EMAIL = "admin-new-email"
NEW_ROLES = "admin-new-roles"
NEW_PROJECTS = "admin-new-projects"
NEW_WAY = "admin-new-way"
NEW_PASSWORD = "admin-new-password"  # noqa: S105 -- the id of a field
NEW_PASSWORD_BOX = "admin-new-password-box"  # noqa: S105 -- the id of a field's box
NEW_SEND = "admin-new-send"
NEW_PROBLEMS = "admin-new-problems"
NEW_DONE = "admin-new-done"

PERSON = "admin-person"
"""Store: the key of the person whose page it is."""
PERSON_STATE = "admin-person-state"
PERSON_ROLES = "admin-person-roles"
PERSON_ROLES_SAVE = "admin-person-roles-save"
PERSON_PROJECTS = "admin-person-projects"
PERSON_PROJECTS_SAVE = "admin-person-projects-save"
LOCK = "admin-lock"
LOCK_DIALOG = "admin-lock-dialog"
UNLOCK = "admin-unlock"
SIGN_OUT = "admin-sign-out"
SIGN_OUT_DIALOG = "admin-sign-out-dialog"
RESET = "admin-reset"
RESET_DIALOG = "admin-reset-dialog"
LINK = "admin-link"
LINK_TEXT = "admin-link-text"

PROJECT = "admin-project"
"""Store: the key of the project whose page it is."""
PROJECTS = "admin-projects"
PROJECT_CODE = "admin-project-code"
PROJECT_NAME = "admin-project-name"
PROJECT_ADD = "admin-project-add"
PROJECT_PROBLEMS = "admin-project-problems"
PROJECT_BODY = "admin-project-body"
MEMBER = "admin-member"
MEMBER_ADD = "admin-member-add"
PROJECT_CLOSE = "admin-project-close"
PROJECT_CLOSE_DIALOG = "admin-project-close-dialog"
PROJECT_OPEN = "admin-project-open"

SIGN_INS = "admin-sign-ins"

TRAIL_ENTITY = "admin-trail-entity"
TRAIL_ACTOR = "admin-trail-actor"
TRAIL_ACTION = "admin-trail-action"
TRAIL_SINCE = "admin-trail-since"
TRAIL_UNTIL = "admin-trail-until"
TRAIL_SHOW = "admin-trail-show"
VERIFY = "admin-verify"
VERIFIED = "admin-verified"
TAKEN_JOB = "admin-taken-job"
TAKEN_FILE = "admin-taken-file"
TAKEN_ID = "admin-taken-id"
"""Store: key of the job that makes the file."""
TAKEN_AT_ONCE = "admin-taken-at-once"


def take_out(kind: object) -> dict[str, object]:
    """Return the id of the button that takes the trail out in a format; ALL for all of them."""
    return {"type": "admin-take-out", "kind": kind}


LAB_NAME = "admin-lab-name"
LAB_ZONE = "admin-lab-zone"
LAB_SAVE = "admin-lab-save"
LAB_PROBLEMS = "admin-lab-problems"


def remove_member(user: object) -> dict[str, object]:
    """Return the id of the button that takes a person off the project; ALL fits too."""
    return {"type": "admin-member-remove", "user": user}


def end(door: object, key: object) -> dict[str, object]:
    """Return the id of the button that ends a sign-in; ALL fits too."""
    return {"type": "admin-end", "door": door, "key": key}


PRINTERS = "admin-printers"
PRINTER_PROBLEMS = "admin-printer-problems"
PRINTER_EDITED = "admin-printer-edited"
"""Store: the printer whose facts stand in the form; empty for a new one."""
PRINTER_NAME = "admin-printer-name"
PRINTER_HOST = "admin-printer-host"
PRINTER_PORT = "admin-printer-port"
PRINTER_DPI = "admin-printer-dpi"
PRINTER_TEMPLATE = "admin-printer-template"
PRINTER_ACTIVE = "admin-printer-active"
PRINTER_SAVE = "admin-printer-save"
PRINTER_NEW = "admin-printer-new"


def printer_act(kind: object, printer_id: object) -> dict[str, object]:
    """Return the id of a button of one printer; ALL fits too."""
    return {"type": "admin-printer-act", "kind": kind, "printer": printer_id}


def printer_state(printer_id: object) -> dict[str, object]:
    """Return the id of the words a printer said last."""
    return {"type": "admin-printer-state", "printer": printer_id}
