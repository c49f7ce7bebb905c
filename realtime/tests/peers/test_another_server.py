"""The same tests once more, with the application under another server of ASGI: what is special about ours is a short
way beside the contract, and never more than that."""

from collections.abc import Iterator

import pytest

from core.tests.servers import UVICORN, Server, Templates, servers
from realtime.tests.peers.test_presence import (
    test_a_cursor_that_is_none_is_shown_to_nobody,
    test_a_forged_name_is_replaced_by_the_account_s,
    test_nobody_is_told_about_themselves,
)
from realtime.tests.peers.test_stock_client import (
    test_a_reader_follows_and_may_not_write,
    test_it_comes_back_after_a_restart_with_what_was_typed_meanwhile,
    test_it_converges_with_our_own_client,
    test_it_joins_edits_and_converges_with_another,
    test_it_sees_who_is_here_by_the_names_of_their_accounts,
)

__all__ = [
    "test_a_cursor_that_is_none_is_shown_to_nobody",
    "test_a_forged_name_is_replaced_by_the_account_s",
    "test_a_reader_follows_and_may_not_write",
    "test_it_comes_back_after_a_restart_with_what_was_typed_meanwhile",
    "test_it_converges_with_our_own_client",
    "test_it_joins_edits_and_converges_with_another",
    "test_it_sees_who_is_here_by_the_names_of_their_accounts",
    "test_nobody_is_told_about_themselves",
]
pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def server(_templates: Templates) -> Iterator[Server]:
    with servers(_templates) as running:
        yield running.serve(under=UVICORN, LOG_LEVEL="WARNING")
