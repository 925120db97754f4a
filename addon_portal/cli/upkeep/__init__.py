"""What `addon-portal up` does once its options are known: keep api, supervisor and keeper going.

All of it runs in a process that stays for ever, so it imports neither frameworks nor the database; work that needs them
is done by short-lived children, the `chores`.
"""
