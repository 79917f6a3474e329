"""One row or more of every table, as plain values: a small life of two parties, to migrate and to break."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, MetaData, inspect, text

from core.storage.models import Base
from core.storage.search import derived, name_grams

AT = datetime(2024, 3, 1, 2, tzinfo=UTC)
DAY = date(2024, 3, 1)
THROUGH = date(2027, 3, 1)
SHA = "ab" * 32
USCC = "91220200MA0Y2R0C7X"

FOLDED_1, FOLDED_2 = derived("松花江创业服务中心"), derived("王芳")

ROWS: dict[str, list[dict[str, Any]]] = {
    "region": [{"code": "220200", "parent_code": "220000", "name": "吉林市", "name_en": "Jilin City"}],
    "party": [
        {"id": 1, "kind": "organization", "name": "松花江创业服务中心", "uscc": USCC, "region": "220200"}
        | {"phone": "0432-62412345"}
        | FOLDED_1,
        {"id": 2, "kind": "person", "name": "王芳", "id_number": "110101199003070038", "region": "220200"}
        | FOLDED_2,
    ],
    "app_user": [
        {"id": 1, "email": "officer@example.cn", "fs_uniquifier": "a" * 32, "mf_recovery_codes": ["x", "y"]},
        {"id": 2, "email": "lead@example.cn", "fs_uniquifier": "b" * 32},
        {"id": 3, "email": "applicant@example.cn", "fs_uniquifier": "c" * 32},
    ],
    "role_grant": [
        {"user_id": 1, "role": "officer", "program": "p", "region": "220200"},
        {"user_id": 2, "role": "lead", "starts_on": DAY},
    ],
    "merger": [
        {
            "id": 1,
            "kept_id": 1,
            "merged_id": 2,
            "reason": "重复登记",
            "merged_at": AT,
            "merged_by_id": 1,
            "undone_at": AT,
            "undone_by_id": 2,
            "undone_reason": "误合并",
        }
    ],
    "not_same": [
        {
            "id": 1,
            "one_id": 1,
            "other_id": 2,
            "reason": "同名，并非同一主体",
            "marked_at": AT,
            "marked_by_id": 1,
            "taken_back_at": AT,
            "taken_back_by_id": 2,
            "taken_back_reason": "误标注",
        }
    ],
    "recommender": [
        {"id": 1, "program": "p", "kind": "membership", "name": "行业协会", "party_id": 1, "since": DAY},
        {
            "id": 2,
            "program": "p",
            "kind": "assignment",
            "name": "业务部门",
            "since": DAY,
            "ended_on": THROUGH,
        },
    ],
    "recommender_listed": [
        {"recommender_id": 1, "uscc": USCC, "name": "松花江创业服务中心", "joined_on": DAY},
        {"recommender_id": 2, "uscc": USCC, "name": "松花江", "joined_on": DAY, "left_on": THROUGH},
    ],
    "membership": [{"party_id": 1, "user_id": 3, "main": True}],
    "call": [
        {
            "id": 1,
            "program": "p",
            "edition": "e",
            "tracks": ["t"],
            "title": "申报通知",
            "opens_at": AT,
            "submit_by": datetime(2024, 5, 1, tzinfo=UTC),
            "score_sheet": [{"key": "k", "max": 10}],
        }
    ],
    "application": [
        {
            "id": 1,
            "program": "p",
            "track": "t",
            "edition": "e",
            "party_id": 1,
            "call_id": 1,
            "region": "220200",
            "state": "accredited",
            "facts": {"staff_full_time": 12},
            "submitted_at": AT,
        },
        {
            "id": 2,
            "program": "p",
            "track": "x",
            "edition": "e",
            "party_id": 2,
            "region": "220200",
            "nominated_from_id": None,
        },
    ],
    "fact_entry": [
        {
            "application_id": 1,
            "name": "staff_full_time",
            "value": 12,
            "provenance": "claimed",
            "by_id": 3,
            "at": AT,
        }
    ],
    "material_file": [
        {
            "application_id": 1,
            "key": "licence",
            "filename": "执照.pdf",
            "content_type": "application/pdf",
            "size": 10,
            "sha256": SHA,
            "uploaded_by_id": 3,
            "uploaded_at": AT,
        }
    ],
    "correction_item": [
        {"application_id": 1, "returned_at": AT, "kind": "fact", "key": "staff_full_time", "note": "请核对"}
    ],
    "recommendation": [
        {
            "application_id": 1,
            "positive": True,
            "measured": {"smes": 90},
            "opinion": "同意",
            "by_id": 1,
            "at": AT,
        }
    ],
    "review_assignment": [
        {
            "id": 1,
            "application_id": 1,
            "reviewer_id": 2,
            "assigned_at": AT,
            "conflict": False,
            "positive": True,
            "finished_at": AT,
            "set_aside_at": AT,
            "set_aside_by_id": 1,
            "set_aside_reason": "与申请人有往来，未申报",
        }
    ],
    "score": [{"assignment_id": 1, "criterion": "k", "points": 9.5}],
    "decision": [
        {
            "application_id": 1,
            "kind": "approved",
            "reason": "符合条件",
            "by_id": 1,
            "at": AT,
            "as_of": DAY,
            "edition": "e",
            "settings": {"parameters": {}, "readings": {}},
            "facts": {"staff_full_time": 12},
            "verdict": {"outcome": "eligible"},
        }
    ],
    "pending_decision": [
        {
            "application_id": 2,
            "act": "reject",
            "program": "p",
            "region": "220200",
            "arguments": {"reason": "不符合条件"},
            "seen": SHA,
            "by_id": 1,
            "decided_at": AT,
            "issue_at": datetime(2024, 3, 1, 3, tzinfo=UTC),
        }
    ],
    "decision_correction": [
        {
            "kind": "return",
            "subject_id": 1,
            "application_id": 1,
            "before": {"reason": "请补正"},
            "reason": "误退",
            "by_id": 2,
            "at": AT,
        }
    ],
    "public_notice": [
        {
            "id": 1,
            "program": "p",
            "title": "公示",
            "published_on": DAY,
            "closes_on": date(2024, 3, 8),
            "working_days": 5,
            "published_by_id": 1,
        }
    ],
    "notice_item": [{"id": 1, "notice_id": 1, "application_id": 1}],
    "objection": [
        {
            "notice_item_id": 1,
            "objector": "李强",
            "contact": "13800138000",
            "content": "异议",
            "code": "obj1",
            "received_at": AT,
        }
    ],
    "agreement": [{"application_id": 1, "signed_on": DAY, "valid_from": DAY, "valid_through": THROUGH}],
    "accreditation": [
        {
            "id": 1,
            "program": "p",
            "track": "t",
            "edition": "e",
            "party_id": 1,
            "application_id": 1,
            "number": "P-T-2024-0001",
            "year": 2024,
            "sequence": 1,
            "region": "220200",
            "functions": ["legal"],
            "started_on": DAY,
            "valid_from": DAY,
            "valid_through": THROUGH,
            "next_due_on": date(2024, 9, 2),
            "settings": {"parameters": {}, "readings": {}},
        }
    ],
    "campaign": [
        {"id": 1, "program": "p", "title": "服务月", "starts_on": DAY, "ends_on": date(2024, 3, 31)}
    ],
    "service_record": [
        {
            "id": 1,
            "accreditation_id": 1,
            "entry_id": UUID(int=1),
            "service_date": DAY,
            "hours": 2.5,
            "enterprises": [{"name": "甲公司"}],
            "enterprise_keys": ["name:甲公司"],
            "campaign_id": 1,
            "fee_cny": 100,
        }
    ],
    "annual_report": [
        {"accreditation_id": 1, "year": 2024, "submitted_on": date(2025, 1, 10), "summary": "总结"}
    ],
    "nomination": [
        {
            "accreditation_id": 1,
            "clause": "5",
            "target": "省级",
            "year": 2024,
            "nominated_on": DAY,
            "application_id": 2,
        }
    ],
    "register_event": [
        {
            "accreditation_id": 1,
            "kind": "accredited",
            "happened_on": DAY,
            "clause": "1",
            "period": "2024-03-01",
            "title_zh": "认定",
            "title_en": "Accredited",
        }
    ],
    "complaint": [
        {
            "accreditation_id": 1,
            "complainant": "赵六",
            "contact": "zhao@example.cn",
            "content": "投诉",
            "code": "c1",
            "received_on": DAY,
        }
    ],
    "filing_file": [
        {
            "complaint_id": 1,
            "filename": "收据.pdf",
            "content_type": "application/pdf",
            "size": 9,
            "sha256": SHA,
            "uploaded_at": AT,
        }
    ],
    "filer_look": [{"complaint_id": 1, "by_id": 1, "at": AT}],
    "finding": [
        {
            "id": 1,
            "accreditation_id": 1,
            "kind": "violation",
            "reason": "收费",
            "opened_on": DAY,
            "service_record_id": 1,
            "state": "established",
            "established_on": DAY,
        }
    ],
    "rectification": [
        {"id": 1, "accreditation_id": 1, "clause": "18", "ordered_on": DAY, "deadline": date(2024, 3, 31)}
    ],
    "exit_case": [
        {
            "id": 1,
            "accreditation_id": 1,
            "clause": "18",
            "title_zh": "撤销",
            "title_en": "Revoke",
            "mode": "confirm",
            "period": "finding/1",
            "proposed_on": DAY,
            "finding_id": 1,
            "rectification_id": 1,
            "told_on": DAY,
            "objection_until": date(2024, 3, 8),
            "state": "dismissed",
            "first_officer_id": 1,
            "second_officer_id": 2,
            "decided_on": date(2024, 3, 11),
            "ban_years": 0,
        }
    ],
    "ban": [
        {
            "party_id": 1,
            "program": "p",
            "clause": "20",
            "starts_on": DAY,
            "through": THROUGH,
            "exit_case_id": 1,
        }
    ],
    "excused_absence": [{"accreditation_id": 1, "excused_on": DAY, "reason": "疫情"}],
    "inspection": [{"accreditation_id": 1, "planned_on": DAY, "satisfaction_pct": 95, "passed": True}],
    "extension_request": [
        {
            "accreditation_id": 1,
            "requested_on": DAY,
            "old_valid_through": THROUGH,
            "new_valid_through": date(2030, 3, 1),
        }
    ],
    "setting_override": [
        {
            "program": "p",
            "track": "t",
            "kind": "parameter",
            "name": "5.smes",
            "value": "60",
            "effective_on": DAY,
            "reason": "文件",
        }
    ],
    "holiday_day": [{"day": date(2024, 10, 1), "working": False, "name_zh": "国庆节"}],
    "job_run": [{"job": "check", "as_of": DAY, "started_at": AT, "counts": {"p|1|warning": 1}}],
    "outbox_message": [
        {
            "key": "exit/1/told",
            "event": "exit_proposed",
            "channel": "email",
            "party_id": 1,
            "accreditation_id": 1,
            "exit_case_id": 1,
            "recipient": "a@example.cn",
            "subject": "通知",
            "body": "正文",
        }
    ],
    "audit_link": [{"id": 1, "written_at": AT, "events": 1, "root": SHA}],
    "audit_event": [
        {
            "id": 1,
            "link_id": 1,
            "at": AT,
            "actor": "system",
            "action": "insert",
            "subject": "party",
            "subject_id": "1",
            "changes": {"name": [None, "松花江创业服务中心"]},
            "previous_hash": "0" * 64,
            "hash": "f" * 64,
        }
    ],
    "person_key": [{"id": 1, "person": "party:1", "wrapped": b"key"}],
    "audit_value": [{"event_id": 1, "key_id": 1, "sealed": b"values"}],
    "audit_end": [
        {
            "number": 7,
            "first": 1,
            "hash": SHA,
            "events": 9,
            "sha256": SHA,
            "at": AT,
            "key": "k" * 44,
            "signature": "s" * 88,
        }
    ],
    "verification_code": [
        {
            "purpose": "sign_up",
            "address": "13800000000",
            "code_hash": SHA,
            "created_at": AT,
            "expires_at": AT,
        }
    ],
    "login_session": [
        {"user_id": 1, "key_hash": "d" * 64, "address": "203.0.113.7", "device": "Firefox"}
        | {"started_at": AT, "seen_at": AT, "factor_at": AT},
    ],
    "access_record": [
        {"at": AT, "kind": "entered", "who_id": 1, "address": "203.0.113.5"},
        {"at": AT, "kind": "looked", "who_id": 1, "look": "party", "number": 1, "party_id": 1},
    ],
    "former_password": [{"user_id": 2, "hash": "$argon2id$", "replaced_at": AT}],
    "guess": [
        {"kind": "password", "user_id": 2, "address": "203.0.113.5", "failures": 5, "last_at": AT},
        {"kind": "follow_up", "address": "2001:db8::/64", "failures": 1, "last_at": AT},
    ],
    "factor_reset": [
        {
            "user_id": 2,
            "reason": "手机遗失，已当面核对身份证",
            "opened_by": "管理员甲",
            "opened_by_id": 1,
            "opened_at": AT,
            "confirmed": True,
            "closed_by": "管理员乙",
            "closed_by_id": 3,
            "closed_at": AT,
        }
    ],
    "invitation": [
        {
            "party_id": 1,
            "address": "colleague@example.cn",
            "token_hash": SHA,
            "invited_by_id": 3,
            "invited_at": AT,
            "expires_at": AT,
        }
    ],
    "staff_member": [
        {
            "party_id": 1,
            "name": "李雷",
            "id_key": SHA,
            "id_masked": "1101**********0038",
            "attributes": {"full_time": True},
            "imported_at": AT,
        }
    ],
    "attachment": [
        {
            "id": 1,
            "purpose": "licence",
            "party_id": 1,
            "filename": "执照.pdf",
            "content_type": "application/pdf",
            "size": 10,
            "sha256": SHA,
            "uploaded_by_id": 3,
            "uploaded_at": AT,
        }
    ],
    "taken_in": [
        {
            "accreditation_id": 1,
            "filename": "原名录.xlsx",
            "sha256": SHA,
            "years_sha256": SHA,
            "source_row": 2,
            "taken_on": date(2024, 6, 1),
            "last_active_on": date(2024, 5, 1),
            "totals": [{"first": "2024-01-01", "last": "2024-05-31", "service_hours": "12"}],
        }
    ],
    "redaction": [
        {
            "id": 1,
            "attachment_id": 1,
            "party_id": 1,
            "kind": "personal_data",
            "reason": "附有他人身份证",
            "filename": "执照.pdf",
            "content_type": "application/pdf",
            "size": 10,
            "sha256": "cd" * 32,
            "copy_filename": "执照（遮盖）.pdf",
            "copy_content_type": "application/pdf",
            "copy_size": 10,
            "copy_sha256": SHA,
            "by_id": 1,
            "at": AT,
        }
    ],
    "legal_hold": [
        {
            "party_id": 1,
            "application_id": 1,
            "reason": "行政诉讼",
            "placed_by_id": 1,
            "placed_at": AT,
            "lifted_by_id": 2,
            "lifted_at": AT,
            "lifted_reason": "判决已生效",
        }
    ],
    "archive_package": [
        {
            "application_id": 1,
            "program": "p",
            "region": "220200",
            "retention_months": 360,
            "document_number": "P-2024-0001",
            "files": 3,
            "size": 1000,
            "sha256": SHA,
            "language": "zh",
            "made_by_id": 1,
            "made_at": AT,
            "received_on": DAY,
            "archive_number": "X001-2024-Y-0001",
            "receiver": "市档案馆",
        }
    ],
    "destruction_list": [
        {
            "id": 1,
            "program": "p",
            "kind": "records",
            "months": 120,
            "reason": "保管期满",
            "sha256": SHA,
            "proposed_by_id": 1,
            "proposed_at": AT,
            "first_by_id": 1,
            "first_at": AT,
            "second_by_id": 2,
            "carried_out_at": AT,
            "counts": {"service_record": 1},
            "files_left": [],
        }
    ],
    "left_file": [{"sha256": "7" * 64, "left_at": AT}],
    "destruction_item": [
        {"id": 1, "list_id": 1, "subject_id": 99, "party_id": 1, "since": DAY, "gone": True}
    ],
    "sealed_opening": [{"redaction_id": 1, "reason": "审计抽查", "by_id": 2, "at": AT}],
    "redaction_request": [
        {
            "attachment_id": 1,
            "party_id": 1,
            "kind": "personal_data",
            "reason": "附有他人身份证",
            "asked_by_id": 3,
            "asked_at": AT,
            "answered_by_id": 1,
            "answered_at": AT,
            "redaction_id": 1,
        }
    ],
    "change_request": [
        {
            "id": 1,
            "party_id": 1,
            "kind": "details",
            "state": "granted",
            "name": "松花江创业服务中心",
            "asked_at": AT,
            "asked_by_id": 3,
            "decided_at": AT,
            "decided_by_id": 1,
        },
    ],
    "party_claim": [
        {
            "id": 1,
            "party_id": 1,
            "user_id": 2,
            "state": "accepted",
            "name": "松花江创业服务中心",
            "region": "220200",
            "uscc": USCC,
            "mobile": "13800138000",
            "made_at": AT,
            "handed_in_at": AT,
            "told_on": DAY,
            "objection": "并非我们的人",
            "objected_at": AT,
            "objected_by_id": 3,
            "closed_at": AT,
            "decided_by_id": 1,
            "answer": "授权书属实",
        }
    ],
    "successor": [{"request_id": 1, "name": "松花江服务集团", "uscc": USCC}],
    "former_value": [
        {
            "party_id": 1,
            "field": "name",
            "value": "松江服务站",
            "folded": "松江服务站",
            "grams": name_grams("松江服务站"),
            "held_until": DAY,
            "request_id": 1,
        }
    ],
    "certificate_issue": [
        {"party_id": 1, "accreditation_id": 1, "issued_on": DAY, "name": "松花江创业服务中心"}
    ],
    "data_export": [
        {"user_id": 1, "name": "parties", "file_format": "xlsx", "filename": "主体.xlsx", "asked_at": AT}
    ],
}
"""By table, in an order in which they can be inserted."""


def fill(connection: Connection) -> None:
    """Put the rows into every table that is there and empty, with the columns that it has."""
    for name in inspect(connection).get_table_names():
        if name in Base.metadata.tables and name not in ROWS:
            raise AssertionError(f"tests/storage/sample.py has no row for the table {name}; add one")
    there = MetaData()
    there.reflect(connection, only=lambda name, _: name in ROWS)
    for name, rows in ROWS.items():
        table = there.tables.get(name)
        if table is None or connection.execute(table.select().limit(1)).first() is not None:
            continue
        for row in rows:
            connection.execute(table.insert(), {key: value for key, value in row.items() if key in table.c})


def contents(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that `fill` knows, as JSON."""
    names = [name for name in inspect(connection).get_table_names() if name in ROWS]
    rows: dict[str, list[dict[str, Any]]] = {}
    for name in names:
        query = f"SELECT to_jsonb(t) FROM {name} t ORDER BY 1"  # noqa: S608  # the names are the tables' own
        rows[name] = list(connection.scalars(text(query)))
    return rows
