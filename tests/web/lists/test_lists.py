"""Lists: paging that counts no million, search, filters, sorting, exports that a spreadsheet cannot run."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, event, text

from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.rules.clauses import PartyKind
from core.storage.models import User
from core.web.frame.bound import db
from tests.databases import as_owner
from tests.services.factory import accredit, make_party, serve
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser

ROWS = 30_000
NASTY = '=HYPERLINK("http://evil.example","点我")'


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def many(engine: Engine) -> None:
    """More records than are counted."""
    held = accredit(engine, "liaocheng/comprehensive", "2024-03-01")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO service_record (accreditation_id, entry_id, service_date, title, hours) "
                "SELECT :id, gen_random_uuid(), date '2024-03-02' + (n % 300), '服务' || n, 1 "
                "FROM generate_series(1, :n) AS n"
            ),
            {"id": held.id, "n": ROWS},
        )
    with as_owner(engine) as owner, owner.begin() as connection:
        connection.execute(text("ANALYZE service_record"))


def test_programmes_are_offered_to_whom_they_are_open(make_user: MakeUser, log_in: LogIn) -> None:
    def offered(user: User, name: str) -> list[str]:
        page = Browser(log_in(user)).get("/admin/accreditations/")
        assert page.doc is not None
        return [str(key) for key in page.doc.xpath(f"//select[@id='f-{name}']/option/@value") if key]

    auditor, officer = make_user(Role.AUDITOR), make_user(Role.OFFICER, "shanghai", "310000")
    assert set(offered(auditor, "program")) == set(catalogue().programs)
    # A choice of one is none.
    assert offered(officer, "program") == []
    assert offered(officer, "track") == ["shanghai/comprehensive", "shanghai/specialized"]


def test_a_big_table_is_paged_without_counting_it(app: Flask, officer: FlaskClient, many: None) -> None:
    with statements(app) as sent:
        page = officer.get("/admin/records/")
    assert "超过 10000 条" in page.text
    counting = [item for item in sent if "count(" in item.lower() and "FROM service_record" in item]
    assert counting
    assert all("LIMIT" in statement for statement in counting)
    reading = [item for item in sent if "FROM service_record" in item and "count(" not in item.lower()]
    assert all("LIMIT" in item or "IN (" in item for item in reading)


def test_every_row_is_on_one_page_in_order(officer: FlaskClient, engine: Engine) -> None:
    names = [f"机构{number:03d}" for number in range(45)]
    for name in names:
        make_party(engine, name=name)
    seen: list[str] = []
    browser, path = Browser(officer), "/admin/parties/?sort=name"
    while path:
        page = browser.get(path)
        assert page.doc is not None
        seen += [cell.text_content().strip() for cell in page.doc.xpath("//tbody/tr/td[1]")]
        following = page.doc.xpath("//a[@rel='next']/@href")
        path = following[0] if following else ""
    assert seen == names
    assert "共 45 条" in browser.get("/admin/parties/").text


@pytest.mark.parametrize(
    "args",
    [
        "page=-1",
        "page=99999999",
        "page_size=100000",
        "sort=nonsense",
        "state=nonsense",
        "from=nonsense",
        "search=%00",
        "search=" + "长" * 500,
    ],
)
def test_odd_arguments_do_no_harm(officer: FlaskClient, engine: Engine, args: str) -> None:
    accredit(engine, "liaocheng/comprehensive", "2024-03-01")
    assert officer.get(f"/admin/applications/?{args}").status_code == 200
    assert officer.get(f"/admin/accreditations/?{args}").status_code == 200


def test_search_and_filters_narrow_a_list(officer: FlaskClient, engine: Engine) -> None:
    party = make_party(engine, name="聊城诚信服务中心")
    held = accredit(engine, "liaocheng/comprehensive", "2024-03-01", party_id=party)
    other = accredit(engine, "hubei/specialized", "2024-03-01")
    for args in (
        "search=诚信",
        f"search={held.number}",
        "program=liaocheng",
        "through_from=2027-01-01&search=诚信",
    ):
        page = officer.get(f"/admin/accreditations/?{args}")
        assert held.number in page.text, args
        assert other.number not in page.text, args
    assert "没有符合条件的记录" in officer.get("/admin/accreditations/?search=没有这个").text


def test_look_ups_find_by_part_of_a_name(officer: FlaskClient, engine: Engine) -> None:
    party = make_party(engine, name="聊城诚信服务中心")
    make_party(engine, name="武汉光谷")
    assert officer.get("/admin/parties/ajax/lookup/?query=诚信").json == [[party, "聊城诚信服务中心"]]


def test_a_csv_is_read_by_excel_and_runs_nothing(officer: FlaskClient, engine: Engine) -> None:
    make_party(engine, name=NASTY, address="+1+1", contact_name="@SUM(A1)")
    answer = officer.get("/admin/parties/export/csv/")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert row["名称"] == "'" + NASTY
    assert row["地址"] == "'+1+1"
    assert row["联系人"] == "'@SUM(A1)"


def test_an_xlsx_has_typed_cells_and_no_formula(officer: FlaskClient, engine: Engine) -> None:
    party = make_party(engine, name=NASTY)
    held = accredit(engine, "liaocheng/comprehensive", "2024-03-01", party_id=party)
    serve(engine, held, "2024-05-06", hours="2.5", names=("甲", "乙"))
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(officer.get("/admin/records/export/xlsx/").data))
        .get_sheet_by_index(0)
        .to_python()
    )
    found = dict(zip(rows[0], rows[1], strict=True))
    assert str(found["服务日期"])[:10] == "2024-05-06"
    assert found["小时"] == 2.5
    assert found["服务企业数"] == 2
    assert found["主体"] == NASTY
    assert found["状态"] == "已上报"


def test_exports_follow_the_filters_and_the_language(officer: FlaskClient, engine: Engine) -> None:
    make_party(engine, name="诚信中心")
    make_party(engine, PartyKind.PERSON, name="王建国")
    text_of = officer.get("/admin/parties/export/csv/?kind=person&lang=en").data.decode("utf-8-sig")
    assert "王建国" in text_of
    assert "诚信中心" not in text_of
    assert text_of.startswith("Name,Kind")
    assert "Person" in text_of


def test_an_unknown_kind_of_export_is_not_there(officer: FlaskClient) -> None:
    assert officer.get("/admin/parties/export/json/").status_code == 404


def test_identity_numbers_are_never_shown_whole(officer: FlaskClient, engine: Engine) -> None:
    party = make_party(
        engine, PartyKind.PERSON, name="王建国", id_number="220202198001010015", mobile="13800138000"
    )
    for path in ("", "export/csv/", f"details/?id={party}"):
        shown = officer.get(f"/admin/parties/{path}").get_data(as_text=True)
        assert "220202198001010015" not in shown
        assert "13800138000" not in shown


def test_records_are_verified_several_at_once(officer: FlaskClient, engine: Engine) -> None:
    held = accredit(engine, "liaocheng/comprehensive", "2024-03-01")
    ids = [str(serve(engine, held, f"2024-05-0{day}")) for day in (1, 2)]
    page = Browser(officer).get("/admin/records/")
    done = page.browser.post("/admin/records/action/", {"action": "verify", "rowid": ids})
    assert "已核实（2 项）" in done.text
    assert done.text.count("已核实") >= 3
