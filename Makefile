initial-migration:
	.venv/bin/python -m db.migrations.regenerate
