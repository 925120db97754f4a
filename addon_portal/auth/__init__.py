"""Rules of who may do what: key texts and policies. Reads and stores nothing; it is given what was found."""
