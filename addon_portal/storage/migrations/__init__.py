"""The migrations, as Alembic runs them; packaged with the product."""
