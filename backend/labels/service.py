"""The doors of labels, one name each. The use cases live in the files named beside them."""

from backend.labels.batches import check_amount, request_prints, without_label
from backend.labels.many import queue_part, request_many
from backend.labels.place_labels import (
    labels_of_place,
    make_place_sheets,
    request_place_prints,
)
from backend.labels.previewing import preview_label
from backend.labels.printers import add_printer, change_printer, check_printer
from backend.labels.printing import (
    cancel_print,
    keep_sheets,
    make_sheets,
    reprint,
    request_print,
    request_test,
    retry_print,
    settle_print,
)
from backend.labels.rules import words_of_many, words_of_sheets
from backend.labels.sending import (
    begin,
    give_up,
    put_off,
    settle_not_sent,
    settle_sent,
    settle_unsure,
)
from backend.labels.sheet_files import make_long_sheets, request_sheets

__all__ = [
    "add_printer",
    "begin",
    "cancel_print",
    "change_printer",
    "check_amount",
    "check_printer",
    "give_up",
    "keep_sheets",
    "labels_of_place",
    "make_long_sheets",
    "make_place_sheets",
    "make_sheets",
    "preview_label",
    "put_off",
    "queue_part",
    "reprint",
    "request_many",
    "request_place_prints",
    "request_print",
    "request_prints",
    "request_sheets",
    "request_test",
    "retry_print",
    "settle_not_sent",
    "settle_print",
    "settle_sent",
    "settle_unsure",
    "without_label",
    "words_of_many",
    "words_of_sheets",
]
