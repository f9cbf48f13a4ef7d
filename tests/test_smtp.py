"""Messages over SMTP, against servers on real sockets: what arrives, and what is said of every way in which it may not."""

from __future__ import annotations

import base64
import shutil
import socket
import sys
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.delivery.transport import Answer, Outcome, TransportError
from publisher.delivery.transport.server import parse_server
from publisher.delivery.transport.smtp import SmtpTransport
from tests.smtp_server import DROP, FEATURES, RESET, STALL, Keeper, Scripted, make_certificate, serve_mail, server_context

MESSAGE = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\n\r\nhello\r\n"
PLAIN = tuple(feature for feature in FEATURES if feature != "PIPELINING")


def transport(
    port: int, query: str = "timeout=5&last_timeout=5", scheme: str = "smtp", host: str = "127.0.0.1", login: str = "", **environ: str
) -> SmtpTransport:
    return SmtpTransport(parse_server(f"{scheme}://{login}{host}:{port}?helo=test.example&{query}", environ))


def send(server: Scripted, *messages: bytes, recipient: str = "b@example.com", query: str = "timeout=5&last_timeout=5") -> list[Answer]:
    session = transport(server.port, query).open()
    try:
        return [session.send("bounce@example.com", recipient, message) for message in messages or (MESSAGE,)]
    finally:
        session.close()


both_ways = pytest.mark.parametrize("features", [FEATURES, PLAIN], ids=["pipelining", "one by one"])


@both_ways
def test_messages_arrive_as_they_are_over_one_connection(features: tuple[str, ...]) -> None:
    messages = [
        MESSAGE,
        b"",
        b"no end of line",
        b".\r\n",
        b"..\r\n.\r\n\r\n.x\r\n",
        MESSAGE + b"y" * 300_000 + b"\r\n" + b"." * 90 + b"\r\n",
        b"\r\n.\r\nRSET\r\n",
    ]
    with Scripted(features=features) as server:
        answers = send(server, *messages)
    assert {answer.outcome for answer in answers} == {Outcome.ACCEPTED}
    assert server.messages == [message if not message or message.endswith(b"\r\n") else message + b"\r\n" for message in messages]
    assert server.connections == 1


def test_the_envelope_travels_in_one_write_where_the_server_allows_it() -> None:
    with Scripted() as server:
        send(server)
    assert any(write.startswith(b"MAIL FROM:<bounce@example.com> SIZE=61\r\nRCPT TO:<b@example.com>\r\nDATA\r\n") for write in server.writes), server.writes
    with Scripted(features=PLAIN) as server:
        send(server)
    assert not any(write.count(b"\r\n") > 1 and b"MAIL" in write for write in server.writes)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.binary(max_size=80).map(lambda data: data.replace(b"\r", b"").replace(b"\n", b"")) | st.sampled_from([b".", b"..", b"", b"QUIT"]), max_size=8)
)
def test_no_line_can_end_a_message_before_its_end(lines: list[bytes]) -> None:
    message = b"".join(line + b"\r\n" for line in lines)
    with Scripted() as server:
        answers = send(server, message, MESSAGE)
    assert server.messages == [message, MESSAGE]
    assert [answer.outcome for answer in answers] == [Outcome.ACCEPTED] * 2


@both_ways
@pytest.mark.parametrize(
    ("command", "reply", "outcome", "is_about_us"),
    [
        ("MAIL", "451 4.3.0 busy", Outcome.TEMPORARY, False),
        ("MAIL", "550 5.7.1 sender rejected", Outcome.PERMANENT, True),
        ("RCPT", "450 4.2.1 greylisted", Outcome.TEMPORARY, False),
        ("RCPT", "550 5.1.1 no such user", Outcome.PERMANENT, False),
        ("RCPT", "550 Connection frequency limited", Outcome.TEMPORARY, True),
        ("DATA", "451 4.3.0 later", Outcome.TEMPORARY, False),
        ("DATA", "554 5.7.1 no", Outcome.PERMANENT, True),
        (".", "452 4.3.1 disk full", Outcome.TEMPORARY, False),
        (".", "554 DT:SPM", Outcome.PERMANENT, True),
    ],
)
def test_a_refusal_is_told_and_the_next_message_goes_on(features: tuple[str, ...], command: str, reply: str, outcome: Outcome, is_about_us: bool) -> None:
    with Scripted({command: [reply, ""]}, features=features) as server:
        refused, taken = send(server, MESSAGE, MESSAGE)
    assert (refused.outcome, refused.is_about_us, refused.is_closed) == (outcome, is_about_us, False)
    assert f"{refused.code} {refused.words}" == reply
    assert taken.outcome is Outcome.ACCEPTED
    assert [message for message in server.messages if message] == [MESSAGE] * (1 if command != "." else 2)
    assert server.connections == 1


def test_a_server_that_takes_data_for_nobody_gets_a_lone_dot() -> None:
    with Scripted({"RCPT": ["550 5.1.1 no such user", ""], ".": ["554 5.5.1 no recipients", ""]}) as server:
        refused, taken = send(server, MESSAGE, MESSAGE)
    assert (refused.code, refused.outcome) == (550, Outcome.PERMANENT)
    assert taken.outcome is Outcome.ACCEPTED
    assert server.messages == [b"", MESSAGE]


def test_after_a_refusal_a_new_transaction_begins() -> None:
    with Scripted({"RCPT": ["550 5.1.1 no such user", ""], "DATA": ["503 5.5.1 no recipients", ""]}) as server:
        send(server, MESSAGE, MESSAGE)
    assert [command.split()[0] for command in server.commands][-6:] == ["DATA", "RSET", "MAIL", "RCPT", "DATA", "QUIT"]


@both_ways
@pytest.mark.parametrize("fault", [DROP, RESET, STALL])
@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_message_is_temporary(features: tuple[str, ...], command: str, fault: str) -> None:
    with Scripted({command: fault}, features=features) as server:
        first, second = send(server, MESSAGE, MESSAGE, query="timeout=0.3")
    assert (first.outcome, first.code, first.is_closed) == (Outcome.TEMPORARY, 0, True)
    assert (second.outcome, second.is_closed) == (Outcome.TEMPORARY, True)
    assert not server.messages


@pytest.mark.parametrize("fault", [DROP, RESET])
def test_a_connection_lost_before_the_dot_is_temporary(fault: str) -> None:
    with Scripted({"in data": fault}) as server:
        (answer,) = send(server, MESSAGE + b"x" * 60 + b"\r\n" + (b"y" * 76 + b"\r\n") * 400_000, query="timeout=5")
    assert (answer.outcome, answer.is_closed) == (Outcome.PERMANENT if answer.code == 552 else Outcome.TEMPORARY, answer.code != 552)


def test_a_message_that_stops_on_its_way_is_temporary() -> None:
    """The other side reads no more: the buffers fill, and the dot never leaves."""
    with Scripted({"in data": DROP}, features=("PIPELINING",)) as server:
        (answer,) = send(server, (b"y" * 76 + b"\r\n") * 400_000, query="timeout=5")
    assert (answer.outcome, answer.is_closed) == (Outcome.TEMPORARY, True)
    assert not server.messages


@both_ways
@pytest.mark.parametrize("fault", [DROP, RESET, STALL, "what?", "354 more", "2"])
def test_no_answer_to_the_dot_is_doubt(features: tuple[str, ...], fault: str) -> None:
    with Scripted({".": fault}, features=features) as server:
        (answer,) = send(server, query="timeout=5&last_timeout=0.3")
    assert (answer.outcome, answer.code, answer.is_closed, answer.is_about_us) == (Outcome.UNKNOWN, 0, True, False)
    assert server.messages == [MESSAGE]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "."])
def test_a_server_that_closes_says_so(command: str) -> None:
    with Scripted({command: "421 4.7.0 too many messages"}) as server:
        (answer,) = send(server)
    assert answer == Answer(Outcome.TEMPORARY, 421, "4.7.0 too many messages", is_closed=True, is_about_us=True)


@pytest.mark.parametrize("reply", ["nonsense", "25", "250" + "-more\r\n250" * 200 + " end", "250 " + "x" * 20_000, "250-\xff\xfe\r\n250 ok"])
def test_odd_answers_never_raise(reply: str) -> None:
    with Scripted({"MAIL": reply}) as server:
        (answer,) = send(server)
    assert answer.outcome in {Outcome.TEMPORARY, Outcome.ACCEPTED}


@pytest.mark.parametrize(
    ("script", "is_permanent"),
    [
        ({"greeting": "421 4.3.2 closing"}, False),
        ({"greeting": "554 no service here"}, True),
        ({"greeting": DROP}, False),
        ({"greeting": STALL}, False),
        ({"greeting": "?"}, False),
    ],
)
def test_no_session_without_a_welcome(script: dict[str, str | list[str]], is_permanent: bool) -> None:
    with Scripted(script) as server, pytest.raises(TransportError) as caught:
        transport(server.port, "timeout=0.3").open()
    assert caught.value.is_permanent is is_permanent
    assert "127.0.0.1" in caught.value.zh


def test_a_closed_port_is_told() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        with pytest.raises(TransportError, match="cannot reach") as caught:
            transport(unheard.getsockname()[1]).open()
    assert not caught.value.is_permanent


def test_chinese_addresses_need_a_server_for_them() -> None:
    with Scripted(features=("PIPELINING",)) as server:
        refused, taken = send(server, recipient="张三@example.com")[0], send(server)[0]
    assert (refused.outcome, refused.is_about_us, refused.is_closed) == (Outcome.PERMANENT, False, False)
    assert "SMTPUTF8" in refused.words
    assert taken.outcome is Outcome.ACCEPTED
    with Scripted() as server:
        assert send(server, recipient="张三@example.com")[0].outcome is Outcome.ACCEPTED
    assert "MAIL FROM:<bounce@example.com> SIZE=61 BODY=8BITMIME SMTPUTF8" in server.commands
    assert "RCPT TO:<张三@example.com>" in server.commands


def test_a_message_too_large_is_not_sent() -> None:
    with Scripted(features=("PIPELINING", "SIZE 100")) as server:
        (answer,) = send(server, b"x" * 101)
    assert (answer.outcome, answer.code) == (Outcome.PERMANENT, 552)
    assert not any(command.startswith("MAIL") for command in server.commands)


@pytest.mark.parametrize("address", ["a@example.com>\r\nRSET", "a b@example.com", "<a@example.com", "a@example.com\x00"])
def test_an_address_cannot_be_a_command(address: str) -> None:
    with Scripted() as server, pytest.raises(ValueError, match="address"):
        send(server, recipient=address)
    assert not any(command.startswith(("MAIL", "RSET")) for command in server.commands)


def test_a_real_server_takes_messages_and_refuses_single_readers() -> None:
    keeper = Keeper()
    keeper.answers["gone@example.com"] = "550 5.1.1 no such user"
    with serve_mail(keeper) as port:
        session = transport(port).open()
        answers = [session.send("bounce@example.com", reader, MESSAGE) for reader in ("a@example.com", "gone@example.com", "b@example.com")]
        session.close()
    assert [answer.code for answer in answers] == [250, 550, 250]
    assert [envelope.rcpt_tos for envelope in keeper.envelopes] == [["a@example.com"], ["b@example.com"]]
    assert {envelope.content for envelope in keeper.envelopes} == {MESSAGE}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    return make_certificate(tmp_path_factory.mktemp("certificate"))


def test_tls_is_verified(certificate: tuple[Path, Path]) -> None:
    context = server_context(*certificate)
    with Scripted(context=context) as server:
        for host, query in (("localhost", ""), ("127.0.0.1", f"ca={certificate[0]}")):  # not trusted; of another name
            with pytest.raises(TransportError, match="certificate") as caught:
                transport(server.port, query, "smtps", host).open()
            assert caught.value.is_permanent
        for host, query in (("localhost", f"ca={certificate[0]}"), ("127.0.0.1", "verify=no")):
            session = transport(server.port, query, "smtps", host).open()
            assert session.send("a@example.com", "b@example.com", MESSAGE).outcome is Outcome.ACCEPTED
            session.close()


def test_starttls_is_never_done_without(certificate: tuple[Path, Path]) -> None:
    keeper = Keeper()
    with serve_mail(keeper, tls_context=server_context(*certificate), require_starttls=True) as port:
        session = transport(port, f"ca={certificate[0]}", "smtp+starttls", "localhost").open()
        assert session.send("a@example.com", "b@example.com", MESSAGE).outcome is Outcome.ACCEPTED
        session.close()
        with pytest.raises(TransportError, match="certificate"):
            transport(port, "", "smtp+starttls", "localhost").open()
    with Scripted() as server, pytest.raises(TransportError, match="STARTTLS") as caught:
        transport(server.port, "", "smtp+starttls", "localhost").open()
    assert caught.value.is_permanent


def test_words_smuggled_in_before_tls_are_not_heard(certificate: tuple[Path, Path]) -> None:
    with Scripted({"STARTTLS": "220 go\r\n250-injected\r\n250 PIPELINING"}, features=("STARTTLS",)) as server, pytest.raises(TransportError):
        transport(server.port, "timeout=1", "smtp+starttls", "localhost").open()


def authenticator(_server: object, _session: object, _envelope: object, mechanism: str, data: object) -> AuthResult:
    return AuthResult(success=mechanism in {"LOGIN", "PLAIN"} and (data.login, data.password) == (b"u@example.com", b"p@ss:word"), handled=False)  # type: ignore[attr-defined]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # on loopback it is what we allow
@pytest.mark.parametrize("mechanism", ["LOGIN", "PLAIN"])
def test_log_in_by_password(mechanism: str) -> None:
    other = "PLAIN" if mechanism == "LOGIN" else "LOGIN"
    with serve_mail(Keeper(), authenticator=authenticator, auth_required=True, auth_require_tls=False, auth_exclude_mechanism=[other]) as port:
        session = transport(port, login="u%40example.com:p%40ss%3Aword@").open()
        assert session.send("a@example.com", "b@example.com", MESSAGE).outcome is Outcome.ACCEPTED
        session.close()
        session = transport(port, login="u%40example.com@", PUBLISHER_SMTP_PASSWORD="p@ss:word").open()
        session.close()
        with pytest.raises(TransportError, match="log-in") as caught:
            transport(port, login="u%40example.com:wrong@").open()
    assert caught.value.is_permanent
    assert "wrong" not in caught.value.en


def test_log_in_by_token() -> None:
    features = ("AUTH XOAUTH2 PLAIN",)
    expected = base64.b64encode(b"user=u@example.com\x01auth=Bearer secret-token\x01\x01").decode()
    command = f"{sys.executable} -c \"print('secret-token')\""
    for environ in ({"PUBLISHER_SMTP_TOKEN": "secret-token"}, {"PUBLISHER_SMTP_TOKEN_COMMAND": command}):
        with Scripted({"AUTH": "235 fine"}, features=features) as server:
            transport(server.port, "auth=xoauth2", login="u%40example.com@", **environ).open().close()
        assert f"AUTH XOAUTH2 {expected}" in server.commands
    challenge = "334 " + base64.b64encode(b'{"status":"400"}').decode()
    with Scripted({"AUTH": challenge, "": "535 5.7.3 no"}, features=features) as server, pytest.raises(TransportError, match="535") as caught:
        transport(server.port, "auth=xoauth2", login="u%40example.com@", PUBLISHER_SMTP_TOKEN="secret-token").open()
    assert caught.value.is_permanent
    with Scripted(features=features) as server, pytest.raises(TransportError, match="token command"):
        transport(server.port, "auth=xoauth2", login="u@", PUBLISHER_SMTP_TOKEN_COMMAND="false").open()


@pytest.mark.parametrize(
    "url",
    [
        "", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://host:x", "smtp://host:99999", "smtp://host/path", "smtp://host?verify=maybe",
        "smtp://host?verify=no", "smtps://host?verify=no", "smtp://u:p@host", "smtps://u@host", "smtps://:p@host", "smtps://u@host?auth=xoauth2",
        "smtp://host?timeout=0", "smtp://host?timeout=x", "smtp://host?colour=red", "smtp://host?helo=a%0d%0ab", "smtps://[::1",
    ],
)  # fmt: skip
def test_a_wrong_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(TransportError, match="PUBLISHER_SMTP_URL") as caught:
        parse_server(url, {})
    assert caught.value.is_permanent


def test_a_secret_is_not_shown() -> None:
    with pytest.raises(TransportError) as caught:
        parse_server("smtp://someone:hunter2@host", {})
    assert "hunter2" not in caught.value.zh + caught.value.en
    assert "hunter2" not in repr(parse_server("smtps://someone:hunter2@host", {}))


def test_ports_and_secrets_have_their_places() -> None:
    assert [parse_server(f"{scheme}://host", {}).port for scheme in ("smtp", "smtp+starttls", "smtps")] == [25, 587, 465]
    server = parse_server("smtps://someone@host", {"PUBLISHER_SMTP_PASSWORD": "hunter2"})
    assert (server.user, server.password) == ("someone", "hunter2")
