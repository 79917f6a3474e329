"""Decisions wait before they are issued, and are corrected; approved is not yet on notice.

An application that an approval had put "on notice" by itself stays so until its notice is published;
`verify` names it.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.storage import ddl

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | None = None
depends_on: str | None = None

APPLICATION = (
    "draft", "submitted", "returned", "recommended", "under_review", "on_notice", "agreement", "accredited",
    "rejected", "withdrawn",
)  # fmt: skip
ACCREDITATION = ("active", "rectifying", "expired", "revoked", "withdrawn", "duplicate", "ceased")
EVENTS = (
    "accredited", "reminder", "warning", "shortfall", "finding_opened", "reverification_due",
    "rectification_ordered", "rectification_closed", "exit_proposed", "exit_dismissed", "exit_overturned",
    "revoked", "expired", "extended", "extension_refused", "withdrawn", "duplicate", "separated", "changed",
    "ceased",
)  # fmt: skip
OF_APPLICATION = "application_id IS NOT NULL"
NOT_WAIVED = "kind <> 'waived'"


def upgrade() -> None:
    _allow("application", "state", "applicationstate", (*APPLICATION[:5], "approved", *APPLICATION[5:]))
    _allow("accreditation", "state", "accreditationstate", (*ACCREDITATION, "annulled"))
    _allow("register_event", "kind", "eventkind", (*EVENTS, "annulled"))
    op.add_column(
        "decision",
        sa.Column("left_open", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
    )
    op.add_column("decision", sa.Column("instead_of_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_decision_instead_of_id"), "decision", "decision", ["instead_of_id"], ["id"]
    )
    op.drop_index("uq_decision_once", "decision")
    op.create_index(
        "uq_decision_instead",
        "decision",
        ["application_id", "kind", sa.text("coalesce(instead_of_id, 0)")],
        unique=True,
        postgresql_where=sa.text(NOT_WAIVED),
    )
    op.drop_index("uq_accreditation_application_id", "accreditation")
    op.create_index(
        "uq_accreditation_application",
        "accreditation",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text(f"{OF_APPLICATION} AND state <> 'annulled'"),
    )
    op.create_index(op.f("ix_accreditation_application_id"), "accreditation", ["application_id"])
    op.add_column("notice_item", sa.Column("struck_on", sa.Date(), nullable=True))
    _pending()
    _corrections()


def _pending() -> None:
    op.create_table(
        "pending_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "act", _choice("pendingact", "approve", "reject", "return", "confirm_exit", "dismiss_exit"),
            nullable=False,
        ),
        sa.Column("application_id", sa.BigInteger(), nullable=True),
        sa.Column("exit_case_id", sa.BigInteger(), nullable=True),
        sa.Column("program", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seen", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issue_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state", _choice("pendingstate", "waiting", "issued", "recalled", "fallen"),
            server_default="waiting", nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_reason", sa.String(length=2000), server_default="", nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(application_id, exit_case_id) = 1", name=op.f("ck_pending_decision_about_one_thing")
        ),
        sa.CheckConstraint(
            "(act IN ('confirm_exit', 'dismiss_exit')) = (exit_case_id IS NOT NULL)",
            name=op.f("ck_pending_decision_fits_its_act"),
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (ended_at IS NULL)", name=op.f("ck_pending_decision_ended_at_some_time")
        ),
        sa.CheckConstraint("issue_at > decided_at", name=op.f("ck_pending_decision_issued_later")),
        *_references("pending_decision", application_id="application", exit_case_id="exit_case"),
        *_references("pending_decision", by_id="app_user", ended_by_id="app_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_decision")),
    )  # fmt: skip
    waiting = sa.text("state = 'waiting'")
    for subject in ("application", "exit_case"):
        op.create_index(op.f(f"ix_pending_decision_{subject}_id"), "pending_decision", [f"{subject}_id"])
        op.create_index(
            f"uq_pending_decision_{subject}",
            "pending_decision",
            [f"{subject}_id"],
            unique=True,
            postgresql_where=waiting,
        )
    op.create_index("ix_pending_decision_due", "pending_decision", ["issue_at"], postgresql_where=waiting)


def _corrections() -> None:
    kinds = ("approval", "refusal", "return", "exit", "finding", "complaint", "score")
    op.create_table(
        "decision_correction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", _choice("correctedkind", *kinds), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=True),
        sa.Column("accreditation_id", sa.BigInteger(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(application_id, accreditation_id) >= 1",
            name=op.f("ck_decision_correction_about_something"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_decision_correction_reason_given")),
        *_references("decision_correction", application_id="application", accreditation_id="accreditation"),
        *_references("decision_correction", by_id="app_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_correction")),
    )
    op.create_index("ix_decision_correction_subject", "decision_correction", ["kind", "subject_id"])
    for subject in ("application", "accreditation"):
        op.create_index(
            op.f(f"ix_decision_correction_{subject}_id"), "decision_correction", [f"{subject}_id"]
        )
    for statement in ddl.keep(["decision_correction"]):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("decision_correction")
    op.drop_table("pending_decision")
    op.drop_column("notice_item", "struck_on")
    # A second status of one application, and a second decision of one kind, are beyond an earlier version.
    op.drop_index(op.f("ix_accreditation_application_id"), "accreditation")
    op.drop_index("uq_accreditation_application", "accreditation")
    op.execute("UPDATE accreditation SET application_id = NULL WHERE state = 'annulled'")
    op.create_index(
        "uq_accreditation_application_id",
        "accreditation",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text(OF_APPLICATION),
    )
    op.drop_index("uq_decision_instead", "decision")
    for statement in ddl.release(["decision"]):
        op.execute(statement)
    op.execute(
        "DELETE FROM decision d USING decision n WHERE n.instead_of_id = d.id AND n.kind = d.kind"
        " AND d.instead_of_id IS NULL"
    )
    for statement in ddl.keep(["decision"]):
        op.execute(statement)
    op.create_index(
        "uq_decision_once",
        "decision",
        ["application_id", "kind"],
        unique=True,
        postgresql_where=sa.text(NOT_WAIVED),
    )
    op.drop_constraint(op.f("fk_decision_instead_of_id"), "decision", type_="foreignkey")
    op.drop_column("decision", "instead_of_id")
    op.drop_column("decision", "left_open")
    op.execute("UPDATE application SET state = 'on_notice' WHERE state = 'approved'")
    op.execute("UPDATE accreditation SET state = 'withdrawn' WHERE state = 'annulled'")
    op.execute("UPDATE register_event SET kind = 'withdrawn' WHERE kind = 'annulled'")
    _allow("register_event", "kind", "eventkind", EVENTS)
    _allow("accreditation", "state", "accreditationstate", ACCREDITATION)
    _allow("application", "state", "applicationstate", APPLICATION)


def _allow(table: str, column: str, name: str, values: Sequence[str]) -> None:
    constraint = op.f(f"ck_{table}_{name}")
    op.drop_constraint(constraint, table, type_="check")
    op.create_check_constraint(constraint, table, f"{column} IN ({', '.join(map(repr, values))})")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _references(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, target in targets.items()
    ]
