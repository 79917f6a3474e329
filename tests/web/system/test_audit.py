"""The list of the audit trail: personal values masked, and gone once their person is erased."""

from sqlalchemy.orm import Session

from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.storage.models import Party
from core.storage.trail.persons import forget
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser


def test_personal_values_are_masked_and_erased_ones_are_called_so(
    make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    auditor = Browser(log_in(make_user(Role.AUDITOR)))
    party = Party(
        kind=PartyKind.PERSON,
        name="王芳",
        id_number="110101199003070038",
        mobile="13800138000",
        region="220200",
        profile={"email": "wangfang@example.cn"},
    )
    session.add(party)
    session.commit()
    shown = auditor.get("/admin/audit/?flt_subject=party").text
    assert "手机号码: 138****8000" in shown
    assert "w***@example.cn" in shown
    assert "110***********0038" in shown
    forget(session, f"party:{party.id}")
    session.commit()
    shown = auditor.get("/admin/audit/?flt_subject=party").text
    assert "手机号码: 已抹除" in shown
    assert not [part for part in ("138****", "w***@", "王芳") if part in shown]
    assert "地区: 220200" in shown
