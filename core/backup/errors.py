"""What is said when there is no backup, or when it cannot be restored: a sentence for whoever runs the command."""


class BackupError(Exception):
    """It was not done, and nothing was changed."""


class BadArchiveError(BackupError):
    """The file is no archive, or not as it was written."""
