"""Pure: a sheet's cells in, its statistics or its differences out."""
