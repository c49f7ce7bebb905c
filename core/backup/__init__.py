"""Backup and restore: the whole instance in one file, from one kind of database to the other. See docs/backup.md."""
