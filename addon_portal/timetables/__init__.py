"""At which times something is to happen, by cron expressions in time zones. Knows no project and reads no clock."""
