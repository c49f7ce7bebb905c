"""Each request has an id, in its answer and in every log line that it causes."""

import json

from django.test import Client

from core.tests.servers import Serve


def test_an_answer_names_its_request(client: Client) -> None:
    first, second = (client.get("/healthz")["X-Request-ID"] for _ in range(2))
    assert len(first) == 16
    assert first != second


def test_a_client_cannot_choose_the_id(client: Client) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": "forged"})
    assert answer["X-Request-ID"] != "forged"


def test_log_lines_carry_the_id(serve: Serve) -> None:
    server = serve(LOG_FORMAT="json")
    assert server.get("/no/such/page")[0] == 404
    lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    about = [line for line in lines if "/no/such/page" in line["event"]]
    assert about
    assert all(len(line["request"]) == 16 for line in about)
