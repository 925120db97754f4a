"""Files of tenants: the code they upload, the workspaces filled with it, and what programs leave there."""
