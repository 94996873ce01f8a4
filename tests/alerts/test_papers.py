"""A signed notice read out, pasted and hung up; one that is not signed in no way."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from alerts import actions, queries
from alerts.models import Notice
from alerts.rules.papers import GROUP_MOST, group_words, shortened, spoken_seconds, whole_sentence
from tests.alerts.situations import WHOLE, issued, submitted
from tests.casts import NIGHT, Cast
from tests.factories import household


@pytest.mark.parametrize(
    ("most", "kept"),
    [
        (12, "请留在室内。勿下地库。"),
        (11, "请留在室内。勿下地库。"),
        (10, "请留在室内。"),
        (6, "请留在室内。"),
        (5, "请留在室…"),
        (0, ""),
    ],
)
def test_a_text_gives_way_by_whole_sentences(most: int, kept: str) -> None:
    assert shortened("请留在室内。勿下地库。", most) == kept


def test_the_group_reads_what_to_do_first_and_never_more_than_it_shows() -> None:
    assert group_words(measures="请留在室内。", rest="指挥部 23:00") == "请留在室内。\n指挥部 23:00"
    long = group_words(measures="勿出门。" * 60, rest="尾" * 40)
    assert len(long) <= GROUP_MOST
    assert long.startswith("勿出门。")
    assert long.endswith("尾" * 40)
    assert group_words(measures="勿出门。", rest="尾" * 300) == "尾" * GROUP_MOST


def test_sentences_end_and_seconds_count_what_is_said() -> None:
    assert [whole_sentence(text) for text in ("走", "走！", " 走。 ", "")] == ["走。", "走！", "走。", ""]
    assert spoken_seconds("走，" * 40) == 10
    assert spoken_seconds("") == 1


def test_the_script_says_everything_twice_and_who_says_it(cast: Cast) -> None:
    household()
    words = queries.papers(issued(cast), NIGHT)
    assert words.holds
    for part in (WHOLE.headline, WHOLE.measures, WHOLE.caution, "7月19日23时"):
        assert words.loudspeaker.count(part) == 2, part
    assert words.loudspeaker.startswith(f"各位居民请注意，现在播送{WHOLE.issuer}")
    assert words.group.splitlines()[0] == f"{WHOLE.measures}。"
    assert WHOLE.issuer in words.group
    assert len(words.group) <= GROUP_MOST


def test_an_exercise_says_so_whatever_half_is_heard(cast: Cast) -> None:
    household()
    row = issued(cast)
    row.exercise = uuid4()
    row.measures = "勿出门。" * 50
    words = queries.papers(row, NIGHT)
    assert words.loudspeaker.count("这是演练。") == 4
    assert words.group.startswith("【演练】")
    assert len(words.group) <= GROUP_MOST


def test_what_was_corrected_ended_or_withdrawn_is_not_to_be_read_out(cast: Cast) -> None:
    household()
    row = issued(cast)
    assert not queries.papers(row, row.expires_at).holds
    draft = actions.correct(notice=row, by=cast.duty_officer, now=NIGHT)
    draft = actions.submit(notice=draft, by=cast.duty_officer, now=NIGHT)
    newer = actions.approve(notice=draft, version=draft.version, by=cast.commander, now=NIGHT + timedelta(minutes=1))
    assert not queries.papers(Notice.objects.get(pk=row.pk), NIGHT).holds
    assert queries.papers(newer, NIGHT).holds
    assert "更正" in queries.papers(newer, NIGHT).loudspeaker


def test_the_pages_open_for_a_signed_notice_only(cast: Cast, signed_in: Any, now: datetime) -> None:
    household()
    waiting, row = submitted(cast), issued(cast)
    desk = signed_in(cast.duty_officer)
    for page in ("papers/", "papers/sheet/"):
        assert desk.get(f"/alerts/{waiting.uuid}/{page}").status_code == 404
        assert WHOLE.headline in desk.get(f"/alerts/{row.uuid}/{page}").content.decode()
        assert signed_in(cast.storekeeper).get(f"/alerts/{row.uuid}/{page}").status_code == 403
