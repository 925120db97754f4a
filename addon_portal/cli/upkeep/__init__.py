"""What `addon-portal up` does once its options are known: keep api, supervisor and keeper going.

All of it runs in one process with one thread, which imports what its parts need and forks them. It opens no database:
work that needs one is done by short-lived forks, the `chores`.
"""
