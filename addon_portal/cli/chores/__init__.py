"""What `up` has done by short-lived children, because it needs the database: each is one module that runs and ends."""
