"""Without the cache a server still lets people in and shows them their notes."""

import pytest

from core.tests.servers import ADA, BEN, Serve
from core.tests.services import Redis

pytestmark = pytest.mark.redis


@pytest.mark.parametrize("how", ["killed", "standing still"])
def test_people_sign_in_and_read_while_redis_is_away(serve: Serve, redis_server: Redis, how: str) -> None:
    server = serve(redis_url=redis_server.url, LOG_LEVEL="WARNING")
    assert server.get("/", ADA)[0] == 200
    if how == "killed":
        redis_server.kill()
    else:
        redis_server.freeze()
    try:
        assert server.get("/", ADA)[0] == 200
        # Signing in asks the cache how often this was tried.
        assert server.get("/", BEN)[0] == 200
    finally:
        if how == "killed":
            redis_server.start()
        else:
            redis_server.thaw()
    assert server.get("/", ADA)[0] == 200
    assert "the cache in Redis is left alone" in server.log
