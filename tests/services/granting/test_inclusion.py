"""Direct inclusion by the summary tables of annexes 3 and 4: every row or none, and every error at once."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter
from sqlalchemy import select

from core.domain.clock import moment
from core.domain.errors import DomainError, Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.services.calls import calls
from core.services.files.sheets import read_sheet, write_sheet
from core.services.granting import inclusion, starting, tables
from core.services.granting.tables import Upload
from core.services.people.parties import edit_party
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    Application,
    Ban,
    Decision,
    MaterialFile,
    OutboxMessage,
    Party,
)
from tests.services.factory import uscc
from tests.services.journey import PDF, docx

AT = "2023-03-10T10:00:00"
HEAD = ["填写单位：山东省中小企业发展促进中心", "联系人：赵某", "联系电话：0531-12345678"]
STATIONS = ["序号", "单位名称", "地址", "联系人", "联系电话"]
EXPERTS = ["序号", "姓名", "所在单位（机构）", "擅长领域", "联系电话", "联系邮箱"]
SCAN = {"scan_pdf": Upload("盖章扫描件.pdf", PDF), "scan_docx": Upload("盖章扫描件.docx", docx())}


@pytest.fixture
def call(town):
    return town.call(
        "miit_volunteer/workstation",
        date(2023, 3, 1),
        tracks=["workstation", "expert"],
        opens_at=moment("2023-02-01T00:00"),
        submit_by=moment("2023-03-12T23:59:59"),
        recommend_by=moment("2023-03-12T23:59:59"),
    )


@pytest.fixture
def shandong(make_actor):
    """A body that Shandong entrusted."""
    return make_actor(Role.RECOMMENDER, "miit_volunteer", "370000")


def table(columns, rows, head=HEAD, title="中小企业志愿服务汇总表", below=()):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, title)
        for column, text in enumerate(head):
            sheet.write(1, column * 2, text)
        for line, row in enumerate([columns, *rows, *below], start=2):
            for column, value in enumerate(row):
                sheet.write_string(line, column, value) if isinstance(value, str) else sheet.write(
                    line, column, value
                )
    return Upload("汇总表.xlsx", buffer.getvalue())


def station(number, name, mobile="13800138000", address="济南市某路 1 号", contact="钱某"):
    return [number, name, address, contact, mobile]


def expert(number, name, fields="政策、法律", mobile="13800138001", email="a@example.cn", place="山东大学"):
    return [number, name, place, fields, mobile, email]


def include(town, actor, call, upload, table_id="A3", at=AT, **more):
    with town.begin(actor, at) as w:
        given = {**SCAN, "call_id": call, **more}
        return inclusion.include_table(w, "miit_volunteer", table_id, upload, store=town.store, **given)


def errors_of(town, actor, call, upload, table_id="A3", **more):
    with pytest.raises(Invalid) as caught:
        include(town, actor, call, upload, table_id, **more)
    return caught.value.errors


def parties(town, name):
    with session_factory(town.engine)() as session:
        return session.scalars(select(Party).where(Party.name == name)).all()


def test_every_row_of_a_sealed_table_is_included(town, shandong, call):
    upload = table(STATIONS, [station(1, "甲工作站", 13800138002), station(2, "乙工作站", "138-0013-8003")])
    done = include(town, shandong, call, upload)
    assert [(item.row, item.number[:9]) for item in done] == [(4, "MIIT-GZZ-"), (5, "MIIT-GZZ-")]
    (party,) = parties(town, "甲工作站")
    assert (party.directly_included, party.uscc, party.region) == (True, None, "370000")
    assert (party.mobile, party.address, party.contact_name) == ("13800138002", "济南市某路 1 号", "钱某")
    with session_factory(town.engine)() as session:
        status = session.get_one(Accreditation, done[0].accreditation_id)
        assert (str(status.valid_from), str(status.valid_through)) == ("2023-03-10", "2026-03-10")
        case = session.get_one(Application, done[0].application_id)
        assert (case.channel, case.state, case.call_id) == ("direct", "accredited", call)
        files = session.scalars(
            select(MaterialFile).where(MaterialFile.application_id == done[1].application_id)
        ).all()
        assert {file.key for file in files} == {"summary_table", "sealed_scan_pdf", "sealed_scan_docx"}
        assert all(town.store.intact(file.sha256) for file in files)
        decision = session.scalars(select(Decision).where(Decision.application_id == case.id)).one()
        assert decision.reason.startswith("N2")
        told = session.scalars(select(OutboxMessage).where(OutboxMessage.party_id == party.id)).all()
        assert [(row.event, row.channel, row.recipient) for row in told] == [
            ("application.included", "sms", "13800138002")
        ]


def test_experts_are_included_with_their_fields(town, shandong, call):
    fields = "政策 法律;金融／管理，创新创业、数字赋能"
    rows = [expert(1, "孙某", fields), expert(2, "李某", "财税管理", "13800138004")]
    done = include(town, shandong, call, table(EXPERTS, rows), "A4")
    with session_factory(town.engine)() as session:
        status = session.get_one(Accreditation, done[0].accreditation_id)
        assert status.functions == ["policy", "legal", "financing", "startup", "management", "digital"]
        assert session.get_one(Accreditation, done[1].accreditation_id).functions == ["finance_tax"]
        party = session.get_one(Party, done[0].party_id)
    assert (party.kind, party.employer, party.id_number) == ("person", "山东大学", None)
    assert party.email == "a@example.cn"


def test_landlines_and_several_numbers_are_taken_and_who_gets_no_text_message_is_said(town, shandong, call):
    landline, several = "（0531）8241 2345转801", "0531—82412346、138 0013 8060"
    told = []
    rows = [
        station(1, "固话站", landline),
        station(2, "两号站", several),
        station(3, "手机站", "13800138061"),
    ]
    include(town, shandong, call, table(STATIONS, rows), tell=told.append)
    kept = [parties(town, name)[0] for name in ("固话站", "两号站", "手机站")]
    assert [(party.mobile, party.phone) for party in kept] == [
        ("", "0531-82412345转801"),
        ("13800138060", "0531-82412346、13800138060"),
        ("13800138061", ""),
    ]
    assert [party.telephone for party in kept] == [
        "0531-82412345转801",
        "13800138060、0531-82412346",
        "13800138061",
    ]
    assert [remark.zh for remark in told] == ["第 4 行没有手机号码：短信通知不能送达，请另行告知并补充"]


def test_a_person_is_known_by_any_of_its_numbers(town, shandong, call, unchanged):
    rows = [
        expert(1, "钱某", mobile="0531-82412345、0531-82412346"),
        expert(2, "钱某", mobile="010-82312345"),
    ]
    first, second = include(town, shandong, call, table(EXPERTS, rows), "A4")
    assert first.party_id != second.party_id
    again = table(EXPERTS, [expert(1, "钱某", mobile="13800138062，0531 8241 2346")])
    with unchanged(Invalid, "已在名录中"):
        include(town, shandong, call, again, "A4")
    with unchanged(Refused, "直接纳入"):
        town.applicant(
            "miit_volunteer/expert", AT, name="钱某", mobile="", phone="(010)82312345", region="370102"
        )
    # Without any number nobody is taken for another.
    assert town.applicant("miit_volunteer/expert", AT, name="钱某", mobile="", region="370102")[1]


def test_every_error_is_named_by_row_and_column_and_nothing_is_done(town, shandong, call, unchanged):
    rows = [
        expert(1, "好专家", mobile="13800138010"),
        expert(2, "", mobile="12345"),
        expert(3, "王某", "政策、唱歌", "13800138011", "not an address"),
        expert(4, "好专家", mobile=13800138010),
        expert(5, "赵某", mobile=None, place=""),
    ]
    upload = table(EXPERTS, rows, head=["填写单位：", "联系人", "联系电话：1"])
    errors = errors_of(town, shandong, call, upload, "A4", scan_pdf=None, scan_docx=Upload("a.docx", PDF))
    assert set(errors) == {
        "head.填写单位",
        "head.联系人",
        "scan_pdf",
        "scan_docx",
        "5.姓名",
        "5.联系电话",
        "6.擅长领域",
        "6.联系邮箱",
        "7.姓名",
        "8.所在单位（机构）",
        "8.联系电话",
    }
    assert "第 6 行“擅长领域”" in errors["6.擅长领域"].zh
    assert "政策、法律、金融" in errors["6.擅长领域"].zh
    assert errors["7.姓名"].zh == "第 7 行：与第 4 行重复"
    assert "盖公章" in errors["scan_pdf"].zh
    with unchanged(Invalid, "唱歌"):
        include(town, shandong, call, upload, "A4")
    assert parties(town, "好专家") == []


def test_one_bad_row_keeps_all_the_others_out(town, shandong, call, unchanged):
    upload = table(STATIONS, [station(1, "丙工作站"), station(2, "丁工作站", "0531-1234567")])
    with unchanged(Invalid, "第 5 行", "联系电话"):
        include(town, shandong, call, upload)
    assert parties(town, "丙工作站") == []


def test_the_table_is_found_under_titles_and_above_remarks(town, shandong, call):
    columns = [" 序 号", "单位名称", "地址\n", "联系人", "联系电话", "备注"]
    rows = [station(1, "戊工作站"), [2], [3]]
    below = [["注：本表由受托机构填写，加盖公章"]]
    head = ["填写单位", "山东中心", "联系人:", "赵某", "联系电话：0531", ""]
    upload = table(columns, rows, head=[], below=below)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["附件 3"])
        sheet.write_row(3, 0, head)
        sheet.write_row(5, 1, columns)
        for line, row in enumerate([*rows, *below], start=6):
            sheet.write_row(line, 1, row)
    assert "table" not in errors_of(town, shandong, call, upload)
    done = include(town, shandong, call, Upload("表.xlsx", buffer.getvalue()))
    assert [item.row for item in done] == [7]


@pytest.mark.parametrize(
    ("upload", "why"),
    [
        (Upload("表.xlsx", b"not a table"), "请另存为 .xlsx"),
        (Upload("表.pdf", PDF), "不是 xlsx"),
        (Upload("表.xlsx", table(STATIONS[:4], [["1", "x", "y", "z"]]).data), "缺"),
        (Upload("表.xlsx", table(STATIONS, []).data), "没有数据行"),
        (Upload("表.xlsx", table(STATIONS, [station(n, f"第{n}站") for n in range(2_100)]).data), "超过"),
    ],
)
def test_what_is_no_such_table_is_refused(town, shandong, call, unchanged, upload, why):
    words = {"缺": "联系电话"}.get(why, why)
    with unchanged(Invalid, words):
        include(town, shandong, call, upload)


def test_parties_that_the_register_knows_are_reused_not_doubled(town, shandong, call):
    user, known = town.applicant(
        "miit_volunteer/workstation", AT, name="山东（己）工作站", region="370102", mobile="", email=""
    )
    done = include(town, shandong, call, table(STATIONS, [station(1, " 山东(己) 工作站 ", "13800138020")]))
    assert done[0].party_id == known
    assert len(parties(town, "山东（己）工作站")) == 1
    assert parties(town, "山东（己）工作站")[0].mobile == "13800138020"
    with session_factory(town.engine)() as session:
        assert session.get_one(Application, done[0].application_id).region == "370102"
    with town.begin(user, "2023-03-11T10:00") as w, pytest.raises(Refused, match="in force"):
        starting.start(w, "miit_volunteer", "workstation", known, call)


def test_rows_that_nothing_may_be_entered_for_say_why(town, shandong, call, unchanged):
    include(town, shandong, call, table(STATIONS, [station(1, "庚工作站")]))
    user, drafting = town.applicant("miit_volunteer/workstation", AT, name="辛工作站", region="370102")
    with town.begin(user, AT) as w:
        starting.start(w, "miit_volunteer", "workstation", drafting, call)
    _, banned = town.applicant("miit_volunteer/workstation", AT, name="壬工作站", region="370102")
    with session_factory(town.engine)() as session, session.begin():
        days = {"starts_on": date(2022, 1, 1), "through": date(2025, 1, 1)}
        session.add(Ban(party_id=banned, program="miit_volunteer", clause="A1.15", **days))
    _, own = town.applicant("miit_volunteer/workstation", AT, name="癸工作站", region="370102")
    for _ in range(2):
        town.applicant("miit_volunteer/workstation", AT, name="同名工作站", region="370102")
    names = ["庚工作站", "辛工作站", "壬工作站", "癸工作站", "同名工作站", "新工作站"]
    upload = table(STATIONS, [station(number, name) for number, name in enumerate(names, start=1)])
    actor = replace(shandong, recommender_parties=frozenset({own}))
    errors = errors_of(town, actor, call, upload)
    assert list(errors) == ["8.单位名称", "4.单位名称", "5.单位名称", "6.单位名称", "7.单位名称"]
    assert "已在名录中（MIIT-GZZ-2023-" in errors["4.单位名称"].zh
    assert "已有在办的申请" in errors["5.单位名称"].zh
    assert "2025-01-02 起可以申报" in errors["6.单位名称"].zh
    assert "本单位" in errors["7.单位名称"].zh
    assert "多个同名主体" in errors["8.单位名称"].zh
    with unchanged(Invalid, "已在名录中"):
        include(town, actor, call, upload)
    assert parties(town, "新工作站") == []


def test_tables_fall_under_the_call_s_last_second(town, shandong, call, unchanged):
    upload = table(STATIONS, [station(1, "末班工作站")])
    with unchanged(Refused, "2023-03-12 23:59:59"):
        include(town, shandong, call, upload, at="2023-03-13T00:00:00")
    with unchanged(Refused, "没有受理"):
        include(town, shandong, None, upload, at="2022-03-13T00:00:00")
    with unchanged(NotFound):
        include(town, shandong, 10**9, upload)
    assert include(town, shandong, None, upload, at="2023-03-12T23:59:59")


def test_only_entrusted_bodies_and_the_authority_include_and_only_by_such_tables(
    town, shandong, call, make_actor, unchanged
):
    upload = table(STATIONS, [station(1, "权限工作站")])
    with unchanged(NotAllowed):
        include(town, make_actor(Role.APPLICANT), call, upload, region="370000")
    with unchanged(NotAllowed):
        include(town, shandong, call, upload, region="420000")
    with unchanged(Invalid, "地区"):
        include(town, town.officer("miit_volunteer"), call, upload)
    with unchanged(Invalid, "行政区划代码 999999 不存在"):
        include(town, town.officer("miit_volunteer"), call, upload, region="999999")
    assert include(town, town.officer("miit_volunteer"), call, upload, region="370000")
    with unchanged(Refused, "不用于直接纳入"), town.begin(town.officer("hubei"), AT) as w:
        inclusion.include_table(
            w, "hubei", "recommended_specialized", upload, **SCAN, store=town.store, region="420000"
        )
    with town.begin(shandong, AT) as w, pytest.raises(NotFound, match="no summary table"):
        tables.table_of(w, "miit_volunteer", "A9")


def test_each_table_falls_under_the_call_that_it_names(town, shandong, unchanged):
    last = moment("2022-03-01T12:00")
    given = {"opens_at": moment("2022-02-01T00:00"), "submit_by": last, "recommend_by": last}
    with town.begin(town.officer("miit_volunteer"), "2022-01-01T10:00") as w:
        own = calls.save_call(w, program="miit_volunteer", tracks=["workstation"], title="2022", **given)
    upload = table(STATIONS, [station(1, "二二年工作站")])
    with unchanged(Refused, "推荐已于"):
        include(town, shandong, own, upload, at="2022-03-01T12:00:01")
    assert include(town, shandong, own, upload, at="2022-03-01T12:00:00")


def test_a_filled_table_goes_out_column_for_column_and_comes_back(town, shandong, call):
    rows = [expert(1, "=HYPERLINK(1)", "政策、数字赋能", "13800138030")]
    rows.append(expert(2, "周某", "法律", "13800138031"))
    done = include(town, shandong, call, table(EXPERTS, rows), "A4")
    head = {"填写单位": "=1+1", "联系人": "赵某", "联系电话": "0531"}
    with town.begin(shandong, AT) as w:
        data = tables.summary_table_xlsx(
            w, "miit_volunteer", "A4", [item.application_id for item in done], head
        )
        back, errors = tables.read_table(
            w, "miit_volunteer", tables.table_of(w, "miit_volunteer", "A4"), Upload("回.xlsx", data)
        )
    assert errors == {}
    assert back.head == head
    assert [(row.values["name"], row.values["expertise_fields"]) for row in back.rows] == [
        ("=HYPERLINK(1)", ["digital", "policy"]),
        ("周某", ["legal"]),
    ]
    cells = read_sheet("回.xlsx", io.BytesIO(data))
    assert cells[2][1] == EXPERTS
    assert b"<f>" not in data


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ((4, date(2015, 3, 2)), date(2015, 3, 2)),
        ((4, 42065), date(2015, 3, 2)),
        ((4, "2015年3月2日"), date(2015, 3, 2)),
        ((5, Decimal("1234567.5")), Decimal("1234567.5")),
        ((5, "123.45万元"), Decimal(1234500)),
        ((6, 42), 42),
        ((7, "1,200"), 1200),
        ((8, Decimal("95.5")), Decimal("95.5")),
        ((8, "95.5%"), Decimal("95.5")),
    ],
)
def test_dates_and_figures_of_a_table_are_read_as_such(town, cell, value):
    place, given = cell
    with town.begin(town.officer("shanghai"), AT) as w:
        form = tables.table_of(w, "shanghai", "A3_specialized")
        headers = [column.header for column in form.columns]
        line = [1, "甲公司", "91350100M000100Y43", "", date(2015, 3, 2), 1, 2, 3, 90, "周某", "13800138030"]
        line[place] = given
        above = [("推荐单位：甲", "联系人：乙", "联系电话：021")]
        upload = Upload("表.xlsx", write_sheet("表", headers, [line], above=above))
        filled, errors = tables.read_table(w, "shanghai", form, upload)
    assert not any(headers[place] in key for key in errors)
    assert filled.rows[0].values[form.columns[place].fact] == value


def test_recommendations_go_out_as_the_authoritys_list(town, unchanged):
    case = town.start("liaocheng/specialized").fill().attach_all().submit().recommend()
    with case.as_officer(2) as w:
        data = tables.summary_table_xlsx(w, "liaocheng", "recommended_specialized", [case.application_id])
        party = w.session.get_one(Party, case.party_id)
    rows = read_sheet("表.xlsx", io.BytesIO(data))
    assert rows[1][1][0] == "推荐单位："
    shown = dict(zip(rows[2][1], rows[3][1], strict=True))
    assert (shown["平台名称"], shown["统一社会信用代码"]) == (party.name, party.uscc)
    assert (shown["资产总额（元）"], shown["服务功能"]) == (5_000_000, "投融资服务")
    with unchanged(Invalid, "不属于该汇总表"), case.as_officer(2) as w:
        tables.summary_table_xlsx(w, "liaocheng", "recommended_comprehensive", [case.application_id])


def test_whoever_was_included_joins_the_entry_that_is_there(town, shandong, call, make_actor, unchanged):
    done = include(town, shandong, call, table(STATIONS, [station(1, "丑 工作站")]))
    people = include(town, shandong, call, table(EXPERTS, [expert(1, "吴某", mobile="13800138040")]), "A4")
    for key, name, mobile in (("workstation", "丑工作站", ""), ("expert", "吴某", "13800138040")):
        with unchanged(Refused, "直接纳入", "认定机关"):
            town.applicant(f"miit_volunteer/{key}", AT, name=name, mobile=mobile, region="370102")
    # Another person of the same name.
    assert town.applicant("miit_volunteer/expert", AT, name="吴某", mobile="13800138041")[1]
    code = uscc()
    with town.begin(town.officer("miit_volunteer"), AT) as w:
        edit_party(w, done[0].party_id, {"uscc": code})
    with session_factory(town.engine)() as session:
        assert session.get_one(Party, done[0].party_id).uscc == code
    assert people[0].party_id != done[0].party_id


def test_a_sealed_table_is_kept_and_so_must_be_a_workbook(town, shandong, call, unchanged):
    lines = ["填写单位：某中心", "联系人：赵某", "联系电话：1", ",".join(STATIONS)]
    lines.append("1,子工作站,某路,钱某,13800138000")
    upload = Upload("汇总表.csv", "\n".join(lines).encode())
    with unchanged(DomainError, "xlsx"):
        include(town, shandong, call, upload)
    assert parties(town, "子工作站") == []
