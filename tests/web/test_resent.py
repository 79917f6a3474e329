"""Every form of the site, sent a second time as a browser resends it, changes nothing more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from core.web.app import create_app
from tests.web import test_sent_twice
from tests.web.replaying import VARIABLE
from tests.web.sites import LENIENT
from tests.web.test_sent_twice import ENDPOINTS

WITHOUT = (
    *("test_malformed.py", "test_looking.py", "test_addresses.py", "test_languages.py", "test_bounded.py"),
    *("front", "tracks/test_replayed.py", "tracks/test_not_kept.py", "test_sent_twice.py"),
)
"""Of the tests of the site those that send no form that is taken, or have it sent twice themselves."""
TIMES = "ACCREDIT_EXAMPLES"
BY_PART = {
    "account": "address address_code again reset reset_code settings sign_up sign_up_code",
    "accreditation_case": "take",
    "application_case": "fill take",
    "archiving": "make receive",
    "checking": "run",
    "completeness": "give_back",
    "diary": "delete edit import_record import_table new photos remove_photo submit",
    "downloads": "again ask",
    "filing": "include invite lift_ban new_application new_party turn_down verify_party",
    "follow_up": "form",
    "giving_up": "index",
    "held_messages": "discard",
    "holiday_years": "enter load",
    "inbox": "mark_all",
    "inspecting": "plan record",
    "invitations": "page",
    "keeping": "approve decline lift party_holds propose",
    "my_accreditations": (
        "appeal ask_for_person data exit_files extension object_to order remove_file report_form withdrawal"
    ),
    "my_applications": "fill remove replace save_fact start submit switch upload withdraw",
    "my_data": "ask",
    "my_members": "hand_over index remove",
    "my_party": "ask_verification new profile upload",
    "my_roster": "remove take",
    "my_sessions": "end end_others",
    "nominating": "nominate",
    "panels": "assign change_task decide_confirm decide_preview give remind",
    "proposing": "propose",
    "public_complaints": "about",
    "public_notices": "object_to",
    "recommending": "confirm evaluate preview",
    "records": "action_view",
    "redactions": "ask decline lift open_sealed redact",
    "register_forms": "edit_call new_call new_notice",
    "reviewing": "task",
    "security": (
        "change_password logout two_factor_setup two_factor_setup_validate two_factor_token_validation"
    ),
    "settings_page": "change",
    "system_forms": "change_user find_user grant holiday new_user remove_holiday",
    "table_pages": "former",
}
RESENT = frozenset(f"{part}.{name}" for part, names in BY_PART.items() for name in names.split())
"""Sent by the others, and again: `replaying` has the site answer each form twice."""
LOGIN = "a step of a login, which changes nothing but the session"
NOT_RESENT = {
    "security.login": "each login is counted; it is one more",
    "security.mf_recovery": "a login by a recovery code, which is used up once",
    "security.mf_recovery_codes": "each set of codes takes the place of the one before; the last shown holds",
    "security.two_factor_rescue": "each sends the code for a login that is under way, or the call for help",
    **dict.fromkeys(("security.tf_select", "security.verify"), LOGIN),
}
"""What is not sent again, and why its address is so."""
MORE = {"redactions.open_sealed": "each look at a sealed original is on record", **test_sent_twice.MORE}
"""What a second copy adds to, and why that is right."""


@pytest.fixture(scope="module")
def posted(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every endpoint that takes a form, save the actions of lists that have none; no database is asked."""
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/nowhere"
    app = create_app(LENIENT(instance=tmp_path_factory.mktemp("site"), database_url=nowhere, testing=True))
    (admin,) = app.extensions["admin"]
    without = {
        f"{view.endpoint}.action_view" for view in admin._views if not getattr(view, "bulk_actions", True)
    }
    return {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())} - without


def test_of_every_form_it_is_known_whether_it_is_sent_again(posted: set[str]) -> None:
    """A new one goes to RESENT, with a test that sends it, to `test_sent_twice`, or to NOT_RESENT.

    There the reason is one of the address itself, never that no test sends it.
    """
    assert RESENT | ENDPOINTS | NOT_RESENT.keys() == posted
    assert len(RESENT) + len(ENDPOINTS) + len(NOT_RESENT) == len(posted)
    assert MORE.keys() <= RESENT | ENDPOINTS


@pytest.mark.assurance
def test_a_form_that_is_sent_again_changes_nothing(tmp_path: Path) -> None:
    report = tmp_path / "replays"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.web.replaying", "-m", "not assurance"]
    done = subprocess.run(
        [*command, "tests/web", *(f"--ignore=tests/web/{name}" for name in WITHOUT)],
        env={**os.environ, VARIABLE: str(report), TIMES: "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    lines: list[dict[str, Any]] = [json.loads(line) for line in report.read_text().splitlines()]
    found = Counter(line["endpoint"] for line in lines)
    assert found.keys() >= RESENT
    wrong = [
        line
        for line in lines
        if line["status"].startswith("5") or (line["changed"] and line["endpoint"] not in MORE)
    ]
    assert wrong == []
    print(f"\n{len(lines)} forms of {len(found)} endpoints sent again: nothing more came of them")  # noqa: T201  # a figure for assurance
