"""Ids of the panel that takes a file of places."""

FILE = "places-file"
FOUND = "places-file-found"
MAKE = "places-file-make"
