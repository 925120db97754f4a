"""HTTP in thin layers: routers parse and shape, services do, schemas say what goes in and out."""
