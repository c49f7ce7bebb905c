"""The tables of accounts, one noun a file."""

from core.accounts.models.audit import AppendOnlyError, AuditEntry, Deed
from core.accounts.models.user import COLOURS, User, UserManager

__all__ = ["COLOURS", "AppendOnlyError", "AuditEntry", "Deed", "User", "UserManager"]
