"""Prints messages as people read them: in the encoding for mail servers a link breaks in the middle."""

import email.policy
from typing import Any

from django.core.mail.backends import console

MAIL_LINE = 998  # the longest that e-mail knows
READABLE = email.policy.default.clone(cte_type="8bit", utf8=True, max_line_length=MAIL_LINE)


class EmailBackend(console.EmailBackend):
    def write_message(self, message: Any) -> None:
        text = message.message(policy=READABLE).as_bytes().decode(errors="replace")
        self.stream.write(f"{text}\n{'-' * 79}\n")
