"""What people and scripts type: the client of the API, the commands of an operator, and the processes themselves."""
