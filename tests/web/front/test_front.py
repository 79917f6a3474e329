"""The front: bodies within their limits, slow clients beside quick ones, answers that nobody waits for."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.web.front import limits
from tests.web.front.conftest import PATIENCE

pytestmark = pytest.mark.slow

KILOBYTE, MEGABYTE = 1024, 1024 * 1024
LOGGED_IN = "Cookie: in=1"


def until(holds):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to be")


def test_bodies_reach_the_application_whole(serve):
    site = serve()
    assert site.ask("GET")[::2] == (200, b"0 0 ")
    assert site.ask("POST", "/", b"a=1")[::2] == (200, b"3 3 ")
    with site.connected() as connection:
        site.begin(connection, "POST", "/", None, "Transfer-Encoding: chunked")
        connection.sendall(b"5\r\nabcde\r\n3\r\nfgh\r\n0\r\n\r\n")
        assert site.answer(connection)[0] == 200
    code, _, body = site.ask("GET", "/", b"", "Cookie: a=1", "Cookie: b=2")
    assert (code, body) == (200, b"0 0 a=1; b=2")


def test_a_body_may_be_as_large_as_is_permitted_and_no_larger(serve):
    site = serve(ACCREDIT_BODY_UNKNOWN_KB="64")
    assert site.ask("POST", "/", b"x" * 64 * KILOBYTE)[0] == 200
    code, fields, body = site.ask("POST", "/", b"x" * (64 * KILOBYTE + 1))
    assert (code, fields["connection"]) == (413, "close")
    assert "提交的内容过大" in body.decode()
    assert "too large" in body.decode()
    most = 25 * MEGABYTE
    assert site.ask("POST", "/", b"x" * most, LOGGED_IN)[::2] == (200, f"{most} {most} in=1".encode())
    # The application is told how long it was, and says on a page of its own that it is too large.
    assert site.ask("POST", "/", b"x" * (most + 1), LOGGED_IN)[2] == f"0 {most + 1} in=1".encode()
    assert not site.files()


def test_who_asks_before_sending_is_told_at_once(serve):
    site = serve(ACCREDIT_BODY_UNKNOWN_KB="64")
    with site.connected() as connection:
        site.begin(connection, "POST", "/", 64 * KILOBYTE + 1, "Expect: 100-continue")
        assert site.answer(connection)[0] == 413
    with site.connected() as connection:
        site.begin(connection, "POST", "/", 3, "Expect: 100-continue")
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(b"abc")
        assert site.answer(connection)[0] == 200


def test_fifty_who_send_slowly_keep_nobody_waiting_and_are_ended(serve):
    site = serve(ACCREDIT_BODY_IDLE_SECONDS="4")

    def drip(number):
        with site.connected() as connection:
            site.begin(connection, "POST", "/", 100_000)
            connection.settimeout(0.5)
            while True:
                try:
                    connection.sendall(b"x")
                    return site.answer(connection)
                except TimeoutError:
                    continue

    with ThreadPoolExecutor(50) as clients:
        slow = [clients.submit(drip, number) for number in range(50)]
        quick = 0
        while not all(client.done() for client in slow):
            assert site.ask()[0] == 200
            quick += 1
        answers = [client.result() for client in slow]
    assert quick > 10
    assert {code for code, _, _ in answers} == {408}
    assert "上传太慢" in answers[0][2].decode()
    assert not site.files()


def test_one_that_sends_enough_may_take_its_time_until_the_last_limit(serve):
    site = serve(ACCREDIT_BODY_IDLE_SECONDS="1", ACCREDIT_BODY_RATE_KB="1", ACCREDIT_BODY_SECONDS="4")
    with site.connected() as connection:
        site.begin(connection, "POST", "/", 3 * 4 * KILOBYTE)
        for _ in range(3):
            connection.sendall(b"x" * 4 * KILOBYTE)
            time.sleep(0.7)
        assert site.answer(connection)[0] == 200
    with site.connected() as connection:
        site.begin(connection, "POST", "/", 200 * KILOBYTE)
        began = time.monotonic()
        while time.monotonic() < began + 4.5:
            connection.sendall(b"x" * 2 * KILOBYTE)
            time.sleep(0.3)
        assert site.answer(connection)[0] == 408


def test_what_is_held_has_a_bound_and_is_given_back(serve):
    site = serve(ACCREDIT_SPOOL_MB="2")
    with site.connected() as first:
        site.begin(first, "POST", "/", 2 * MEGABYTE, LOGGED_IN)
        first.sendall(b"x" * (2 * MEGABYTE - 1))
        # All but what a buffer may still hold: the file is there long before the server has read it all.
        until(lambda: sum(site.files().values()) > 2 * MEGABYTE - 64 * KILOBYTE)
        code, fields, _ = site.ask("POST", "/", b"x" * 128 * KILOBYTE)
        assert (code, fields["retry-after"]) == (503, "10")
        assert site.ask()[0] == 200
    # The first went away in the middle: nothing of it is kept.
    until(lambda: not site.files())
    until(lambda: site.ask("POST", "/", b"x" * 128 * KILOBYTE)[0] == 200)


def test_only_so_many_bodies_are_taken_in_at_once(serve):
    site = serve(ACCREDIT_BODIES_AT_ONCE="1")
    with site.connected() as first:
        site.begin(first, "POST", "/", 10, "Expect: 100-continue")
        assert first.recv(100).startswith(b"HTTP/1.1 100")  # it is being taken in
        assert site.ask("POST", "/", b"abc")[0] == 503
        assert site.ask("GET")[0] == 200
        first.sendall(b"0123456789")
        assert site.answer(first)[0] == 200
    assert site.ask("POST", "/", b"abc")[0] == 200


def test_who_reads_slowly_keeps_nobody_waiting_and_gets_all_of_it(serve):
    site = serve()
    with site.connected() as slow:
        site.begin(slow, "GET", "/long")
        assert slow.recv(1000).startswith(b"HTTP/1.1 200")
        assert site.ask()[0] == 200
        slow.settimeout(PATIENCE)
        came = 0
        while came < 40 * MEGABYTE:
            came += len(slow.recv(MEGABYTE))
    until(lambda: not site.files())


def test_who_reads_nothing_is_given_up_and_the_application_stops(serve):
    site = serve(ACCREDIT_BODY_IDLE_SECONDS="1", ACCREDIT_SPOOL_MB="8")
    with site.connected() as slow:
        site.begin(slow, "GET", "/endless")
        until((site.folder / "closed").exists)
        assert site.ask()[0] == 200
        until(lambda: not site.files())


def test_an_answer_stops_when_its_reader_goes(serve):
    site = serve()
    with site.connected() as slow:
        site.begin(slow, "GET", "/endless")
        slow.recv(1000)
    until((site.folder / "closed").exists)
    until(lambda: not site.files())
    assert site.ask()[0] == 200


def test_an_application_that_breaks_is_said_so(serve):
    site = serve()
    code, _, body = site.ask("GET", "/broken")
    assert code == 500
    assert "系统出现错误" in body.decode()
    assert site.ask()[0] == 200
    assert "on purpose" in (site.folder / "log.txt").read_text()


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "１"])
def test_a_limit_that_cannot_be_read_is_named(value):
    with pytest.raises(ValueError, match=limits.SPOOL):
        limits.from_environment({limits.SPOOL: value})
