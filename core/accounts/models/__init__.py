"""The tables of accounts, one noun a file."""

from core.accounts.models.audit import AppendOnlyError, AuditEntry, Deed
from core.accounts.models.user import COLOURS, FORMER, User, UserManager

__all__ = ["COLOURS", "FORMER", "AppendOnlyError", "AuditEntry", "Deed", "User", "UserManager"]
