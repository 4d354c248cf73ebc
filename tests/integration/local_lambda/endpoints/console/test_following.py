"""Response and log arrive while the function runs, and stay those of the request that is shown."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.integration.local_lambda.endpoints.console.console_page import ConsolePage
from tools.local_lambda_process import LocalLambda

AT_THE_END = "pane => pane.scrollHeight - pane.clientHeight - pane.scrollTop < 30"


def test_the_log_comes_before_the_first_byte_and_the_response_line_by_line(
    console: ConsolePage, gate: Path
) -> None:
    console.send_gated(gate)
    expect(console.log).to_contain_text("before the first byte")
    expect(console.status).to_have_text("Sent, waiting")
    (gate / "1").touch()
    expect(console.text).to_have_text("first ä€\n")
    expect(console.status).to_have_text("200 OK, arriving")
    expect(console.log).to_contain_text("between")
    assert "REPORT" not in console.log.inner_text()
    (gate / "2").touch()
    expect(console.text).to_contain_text("line 199")
    (gate / "3").touch()
    expect(console.status).to_have_text("200 OK, complete")
    expect(console.log).to_contain_text("REPORT RequestId: ")
    assert console.text.text_content() == "first ä€\n" + "".join(f"line {i}\n" for i in range(200)) + "last\n"
    assert console.page.locator("#bytes").inner_text() == "1.7 kB"
    assert console.page.locator("#chunks").inner_text() == "3"


def test_the_pane_scrolls_with_the_stream_until_the_reader_scrolls_up(
    console: ConsolePage, gate: Path
) -> None:
    (gate / "1").touch()
    (gate / "2").touch()
    console.send_gated(gate)
    expect(console.text).to_contain_text("line 199")
    console.page.wait_for_function(AT_THE_END, arg=console.response.element_handle())
    follow = console.page.get_by_role("button", name="Follow again")
    assert not follow.is_visible()
    console.response.hover()
    console.page.mouse.wheel(0, -600)
    expect(follow).to_be_visible()
    before = console.response.evaluate("pane => pane.scrollTop")
    (gate / "3").touch()
    expect(console.text).to_contain_text("last")
    assert console.response.evaluate("pane => pane.scrollTop") == before
    follow.click()
    assert console.response.evaluate(AT_THE_END)
    expect(follow).to_be_hidden()


def test_nothing_of_a_stopped_request_gets_into_the_next(console: ConsolePage, gate: Path) -> None:
    console.send_gated(gate)
    expect(console.log).to_contain_text("before the first byte")
    console.stop()
    expect(console.status).to_have_text("Stopped before the first byte")
    console.send("EchoFunction", "/")
    expect(console.status).to_have_text("200 OK, complete")
    expect(console.log).to_contain_text("REPORT")
    for number in "123":
        (gate / number).touch()
    # The stopped function runs on, as on AWS, and its log is its own: another request waits for its end.
    console.send_gated(gate)
    expect(console.log).to_contain_text("after the last byte")
    console.send("EchoFunction", "/")
    expect(console.log).to_contain_text("REPORT")
    assert "byte" not in console.log.inner_text()
    assert console.log.inner_text().count("START") == 1


def test_after_a_stop_the_log_goes_on(console: ConsolePage, gate: Path) -> None:
    (gate / "1").touch()
    console.send_gated(gate)
    expect(console.text).to_have_text("first ä€\n")
    console.stop()
    expect(console.status).to_have_text("200 OK, stopped after 12 B")
    (gate / "2").touch()
    (gate / "3").touch()
    expect(console.log).to_contain_text("after the last byte")
    expect(console.log).to_contain_text("REPORT")
    assert console.text.text_content() == "first ä€\n"


def test_a_request_that_is_refused_has_no_log(console: ConsolePage) -> None:
    console.send("EchoFunction", "/")
    expect(console.log).to_contain_text("REPORT")
    console.send("PrivateFunction", "/")
    expect(console.status).to_have_text("403 Forbidden, the function was not invoked")
    expect(console.log).to_have_text("The function was not invoked.")
    console.send("EchoFunction", "/")
    expect(console.log).to_contain_text("REPORT")
    assert console.log.inner_text().count("START") == 1


def test_stop_acts_at_once_on_a_slow_network_which_holds_the_function_up(
    console: ConsolePage, console_lambda: LocalLambda, tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    console.page.get_by_label("Network").select_option("Slow 3G")
    console.send("FloodFunction", f"/?file={taken}")
    expect(console.text).to_contain_text("0000")
    assert held_up(console, taken)
    # Nothing more is taken from the moment on, though much is on its way.
    at_once = console.run(
        """() => {
            document.querySelector("#stop").click();
            return [document.querySelector("#stop").disabled, document.querySelector("#status").textContent];
        }"""
    )
    assert at_once[0] is True
    assert at_once[1].startswith("200 OK, stopped after")
    console_lambda.wait_for("FloodFunction | [local_lambda] the client left")
    expect(console.status).to_have_text(at_once[1])
    stopped = console.page.locator("#bytes").inner_text()
    console.send("EchoFunction", "/")
    expect(console.status).to_contain_text("complete")
    assert console.page.locator("#bytes").inner_text() != stopped


def held_up(console: ConsolePage, taken: Path) -> bool:
    """Whether the function writes no faster than the network takes, once the sockets between are full."""
    for _ in range(20):
        before = int(taken.read_text())
        console.page.wait_for_timeout(1000)
        after = int(taken.read_text())
        if after - before < 500_000:
            return after < 15_000_000
    return False
