"""The box of the duty desk: nothing typed is lost, Ctrl+Enter stores, an input method's Enter does not."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dutyroster.models import LogEntry
from tests.browser.conftest import Looker
from tests.browser.night import Night

pytestmark = pytest.mark.browser

COMPOSING = """text => text.dispatchEvent(new KeyboardEvent("keydown",
    {key: "Enter", ctrlKey: true, isComposing: true, bubbles: true, cancelable: true}))"""
POLL = """() => new Promise(done => {
    document.body.addEventListener("htmx:afterSettle", () => done(true), {once: true});
    htmx.ajax("GET", location.pathname, {target: "#desk-lists", swap: "outerHTML"});
})"""


def box(page: Page) -> str:
    """What stands in the box."""
    return page.input_value("[name=text]")


def test_the_box_keeps_its_words_over_polls_and_reloads_and_stores_by_ctrl_enter(
    night: Night, look: Callable[..., Looker]
) -> None:
    looker = look(night.cast.duty_officer)
    page = looker.opens("/desk/")
    assert page.evaluate("document.activeElement.name") == "text"
    page.keyboard.type("电话：3 号楼进水")
    page.evaluate(POLL)
    assert box(page) == "电话：3 号楼进水"
    assert page.evaluate("document.activeElement.name") == "text"
    page.wait_for_selector("[data-draft-note]:not([hidden])")
    page.reload()
    assert box(page) == "电话：3 号楼进水"
    page.locator("[name=text]").evaluate(COMPOSING)
    assert not LogEntry.objects.filter(text="电话：3 号楼进水").exists()
    page.focus("[name=text]")
    with page.expect_response("**/desk/note/"):
        page.keyboard.press("Control+Enter")
    expect(page.locator("[name=text]")).to_have_value("")
    assert LogEntry.objects.filter(text="电话：3 号楼进水").count() == 1
    page.reload()
    assert box(page) == ""


def test_without_a_connection_the_words_stay_and_go_out_once_it_is_back(
    night: Night, look: Callable[..., Looker]
) -> None:
    looker = look(night.cast.duty_officer)
    page = looker.opens("/desk/")
    page.fill("[name=text]", "断网时记的一条")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-quick-note-unsent]:not([hidden])")
    assert box(page) == "断网时记的一条"
    page.context.set_offline(False)
    with page.expect_response("**/desk/note/"):
        page.keyboard.press("Control+Enter")
    expect(page.locator("[name=text]")).to_have_value("")
    assert LogEntry.objects.filter(text="断网时记的一条").count() == 1
    looker.faults.clear()  # the browser complains of the connection that was cut


def test_two_presses_from_the_call_to_the_list_of_those_who_ask_for_help(
    night: Night, look: Callable[..., Looker]
) -> None:
    looker = look(night.cast.duty_officer)
    page = looker.opens("/desk/")
    page.keyboard.type("李女士：车困在地下车库")
    page.keyboard.press("Control+Enter")
    row = page.locator("#desk-lists li", has_text="李女士：车困在地下车库")
    with page.expect_response("**/help/"):
        row.locator("form[action$='/help/'] button").click()
    entry = LogEntry.objects.get(text="李女士：车困在地下车库")
    assert entry.help_request.closed_at is None
