"""Alembic migrations, run by the program itself; nobody needs an ``alembic.ini``."""
