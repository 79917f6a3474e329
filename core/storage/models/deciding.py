"""Decisions that wait to be issued, and decisions that a second person corrected."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.domain.clock import local_date
from core.domain.roles import Place
from core.rules.text import T
from core.storage.models.applications import Application
from core.storage.models.base import Base, Id, Json, Moment, Short, choice, ref
from core.storage.models.exits import ExitCase
from core.storage.models.notices import Objection
from core.storage.models.people import Party, User
from core.storage.models.register import Accreditation


class PendingAct(StrEnum):
    """What is done when the decision is issued."""

    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"
    CONFIRM_EXIT = "confirm_exit"
    DISMISS_EXIT = "dismiss_exit"

    @property
    def label(self) -> T:
        """The act's name for a screen."""
        return _PENDING_ACT_LABELS[self]


_PENDING_ACT_LABELS = {
    PendingAct.APPROVE: T("通过申请", "Approve the application"),
    PendingAct.REJECT: T("不予认定", "Reject"),
    PendingAct.RETURN: T("退回补正", "Return for correction"),
    PendingAct.CONFIRM_EXIT: T("确认退出", "Confirm the exit"),
    PendingAct.DISMISS_EXIT: T("驳回退出", "Dismiss the exit"),
}


class PendingState(StrEnum):
    """Where a decision that is not issued at once stands."""

    WAITING = "waiting"
    ISSUED = "issued"
    RECALLED = "recalled"
    FALLEN = "fallen"
    """What it was taken on had changed by the time it was to be issued: nothing was done."""

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _PENDING_STATE_LABELS[self]


_PENDING_STATE_LABELS = {
    PendingState.WAITING: T("已决定，待发出", "Decided, to be issued"),
    PendingState.ISSUED: T("已发出", "Issued"),
    PendingState.RECALLED: T("已收回", "Recalled"),
    PendingState.FALLEN: T("未能发出", "Could not be issued"),
}


class PendingDecision(Base):
    """A decision as the act to be done, with its inputs; nothing of it takes effect before it is issued."""

    __tablename__ = "pending_decision"
    __table_args__ = (
        CheckConstraint("num_nonnulls(application_id, exit_case_id) = 1", "about_one_thing"),
        CheckConstraint(
            "(act IN ('confirm_exit', 'dismiss_exit')) = (exit_case_id IS NOT NULL)", "fits_its_act"
        ),
        CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", "ended_at_some_time"),
        CheckConstraint("issue_at > decided_at", "issued_later"),
        CheckConstraint("objection_id IS NULL OR act = 'reject'", "objection_refuses"),
        Index(
            "uq_pending_decision_application",
            "application_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "uq_pending_decision_exit_case",
            "exit_case_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_pending_decision_due", "issue_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[Id]
    act: Mapped[PendingAct] = mapped_column(choice(PendingAct))
    application_id: Mapped[int | None] = ref("application")
    exit_case_id: Mapped[int | None] = ref("exit_case")
    objection_id: Mapped[int | None] = ref("objection", index=False)
    """The objection that a refusal upholds."""
    program: Mapped[Short]
    region: Mapped[str] = mapped_column(String(6))
    arguments: Mapped[Json] = mapped_column(JSONB)
    """The act's own inputs: {"reason", "marks"}, and the "objection" that a refusal upholds."""
    seen: Mapped[Short]
    """SHA-256 of what it was taken on: state, facts, files, verdict, scores that count, the party's word."""
    by_id: Mapped[int] = ref("app_user", index=False)
    decided_at: Mapped[Moment]
    issue_at: Mapped[Moment]
    state: Mapped[PendingState] = mapped_column(
        choice(PendingState), default=PendingState.WAITING, server_default="waiting"
    )
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_by_id: Mapped[int | None] = ref("app_user", index=False)
    """Who recalled it; nobody where it was issued or fell."""
    ended_reason: Mapped[str] = mapped_column(String(2000), default="", server_default="")

    application: Mapped[Application | None] = relationship()
    exit_case: Mapped[ExitCase | None] = relationship()
    objection: Mapped[Objection | None] = relationship()
    by: Mapped[User] = relationship(foreign_keys=[by_id])
    ended_by: Mapped[User | None] = relationship(foreign_keys=[ended_by_id])

    @property
    def place(self) -> Place:
        """Where what it is about belongs, as it was when it was decided, and the recommender of today."""
        about = self.application if self.exit_case is None else self.exit_case.accreditation
        return self.program, self.region, about.recommender_id if about is not None else None

    @property
    def ruling(self) -> T:
        """What was decided, with the objection that it upholds, of whose author it tells nothing."""
        if self.objection is None:
            return self.act.label
        number, day = self.objection.id, local_date(self.objection.received_at).isoformat()
        return T(
            f"异议 #{number}（{day} 收到）成立，{self.act.label.zh}",
            f"Objection #{number} (received on {day}) upheld: {self.act.label.en}",
        )


class CorrectedKind(StrEnum):
    """What was corrected."""

    APPROVAL = "approval"
    REFUSAL = "refusal"
    RETURN = "return"
    EXIT = "exit"
    FINDING = "finding"
    COMPLAINT = "complaint"
    DECLINE = "decline"
    RECOMMENDATION = "recommendation"
    INCLUSION = "inclusion"
    WITHDRAWAL = "withdrawal"
    EXTENSION = "extension"
    CLOSURE = "closure"
    BAN = "ban"
    WAIVER = "waiver"
    SCORE = "score"
    """Of an earlier version: a review is set aside now."""

    @property
    def label(self) -> T:
        """The kind's name for a screen."""
        return _CORRECTED_KIND_LABELS[self]


_CORRECTED_KIND_LABELS = {
    CorrectedKind.APPROVAL: T("通过决定更正", "Approval corrected"),
    CorrectedKind.REFUSAL: T("不予认定决定更正", "Refusal corrected"),
    CorrectedKind.RETURN: T("退回更正", "Return corrected"),
    CorrectedKind.EXIT: T("退出决定更正", "Exit corrected"),
    CorrectedKind.FINDING: T("查实结论更正", "Finding corrected"),
    CorrectedKind.COMPLAINT: T("投诉结论更正", "Complaint corrected"),
    CorrectedKind.DECLINE: T("不予推荐更正", "Refusal to recommend corrected"),
    CorrectedKind.RECOMMENDATION: T("推荐更正", "Recommendation corrected"),
    CorrectedKind.INCLUSION: T("直接纳入更正", "Inclusion corrected"),
    CorrectedKind.WITHDRAWAL: T("退出登记更正", "Withdrawal corrected"),
    CorrectedKind.EXTENSION: T("延续答复更正", "Answer to an extension corrected"),
    CorrectedKind.CLOSURE: T("主体终止更正", "End of the party corrected"),
    CorrectedKind.BAN: T("解除限制更正", "Lifting of a ban corrected"),
    CorrectedKind.WAIVER: T("放宽更正", "Waiver corrected"),
    CorrectedKind.SCORE: T("评分更正", "Score corrected"),
}


FALLEN = "fallen"
"""In `DecisionCorrection.before`: the open exit cases whose ground it took, and that ended with it."""
OBJECTIONS = "objections"
"""In `DecisionCorrection.before`: the upheld objections that the corrected refusal had followed."""


class DecisionCorrection(Base):
    """A second person's act on a mistaken decision; never changed, and neither is what it corrects."""

    __tablename__ = "decision_correction"
    __table_args__ = (
        CheckConstraint("num_nonnulls(application_id, accreditation_id, party_id) >= 1", "about_something"),
        CheckConstraint("reason <> ''", "reason_given"),
        Index("ix_decision_correction_subject", "kind", "subject_id"),
    )

    id: Mapped[Id]
    kind: Mapped[CorrectedKind] = mapped_column(choice(CorrectedKind))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    """The row that is corrected: of a decision, recommendation, exit case, finding, complaint, request for an
    extension or for a change, ban or review task; of a return, the application; of a withdrawal, its line in
    the timeline."""
    application_id: Mapped[int | None] = ref("application")
    accreditation_id: Mapped[int | None] = ref("accreditation")
    party_id: Mapped[int | None] = ref("party")
    """Where it is about the party itself."""
    before: Mapped[Json] = mapped_column(JSONB)
    """What stood: who had decided, when and why, in the words of the columns."""
    reason: Mapped[str] = mapped_column(String(2000))
    by_id: Mapped[int] = ref("app_user", index=False)
    at: Mapped[Moment]

    application: Mapped[Application | None] = relationship()
    accreditation: Mapped[Accreditation | None] = relationship()
    party: Mapped[Party | None] = relationship()
    by: Mapped[User] = relationship()
