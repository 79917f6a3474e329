"""A register that was lived with: ten tracks accredited, then served, warned, revoked, banned, given back."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Engine, select

from core.domain.clock import SHANGHAI
from core.domain.roles import Role
from core.services.base.work import SYSTEM, work
from core.services.daily_check.run import run_checks
from core.services.diary import records
from core.services.duties import rectifications
from core.services.endings import appeals, exits, extensions
from core.services.endings.withdrawals import withdraw
from core.services.granting import decisions, libraries, notices
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import Accreditation, ExitCase
from tests.conftest import Begin, MakeActor
from tests.services.factory import uscc
from tests.services.journey import TRACKS, Case, Town

END = date(2026, 2, 15)
REASON = "市场监管部门处分决定书〔2024〕3号"


def live(engine: Engine, begin: Begin, make_actor: MakeActor, store: FileStore) -> None:
    """Carry the cases through the services, as their people would."""
    town = Town(engine, begin, make_actor, store)
    cases = {key: town.start(key).accredited() for key in TRACKS}
    numbers = {key: _accreditation(engine, case) for key, case in cases.items()}
    _revoke(town, numbers["liaocheng/comprehensive"], "2024-09-02", "2024-09-23")
    case_id = _revoke(town, numbers["liaocheng/specialized"], "2024-09-02", "2024-09-23")
    _give_back(town, cases["liaocheng/specialized"], case_id)
    with begin(cases["jilin/provider"].applicant, "2024-12-02T10:00") as w:
        withdraw(w, numbers["jilin/provider"], "迁往外地")
    _serve(cases["miit_volunteer/workstation"], numbers["miit_volunteer/workstation"])
    with begin(town.officer("jilin"), "2024-01-05T10:00") as w:
        row = {"track": "provider", "name": "原机构库成员", "uscc": uscc(), "region": "220202"}
        libraries.import_register(w, "jilin", [row])
    _applications(town)
    _check(engine, END)
    _extend(town, cases["miit_volunteer/workstation"], numbers["miit_volunteer/workstation"])
    with begin(town.officer("hubei"), "2026-02-16T10:00") as w:
        clause = "18(1)"
        rectifications.order(w, numbers["hubei/specialized"], clause, date(2026, 3, 20), "满意度偏低")
    _check(engine, date(2026, 3, 10))


def _accreditation(engine: Engine, case: Case) -> int:
    with session_factory(engine)() as session:
        return session.scalars(
            select(Accreditation.id).where(Accreditation.application_id == case.application_id)
        ).one()


def _revoke(town: Town, number: int, proposed: str, decided: str) -> int:
    officer = town.officer("liaocheng")
    second = town.make_actor(Role.OFFICER, "liaocheng", "371500")
    with town.begin(officer, f"{proposed}T09:00") as w:
        case_id = exits.propose(w, number, "20(1)", REASON)
    with town.begin(SYSTEM, f"{proposed}T09:05") as w:
        exits.told(w, case_id, date.fromisoformat(proposed))
    for someone in (officer, second):
        with town.begin(someone, f"{decided}T09:00") as w:
            exits.confirm(w, case_id, "情况属实")
    return case_id


def _give_back(town: Town, case: Case, case_id: int) -> None:
    with town.begin(case.applicant, "2024-10-08T09:00") as w:
        appeals.appeal(w, case_id, "处分已被复议撤销")
    lead = town.make_actor(Role.LEAD, "liaocheng", "371500")
    with town.begin(lead, "2024-10-10T09:00") as w:
        appeals.decide_appeal(w, case_id, upheld=True, reason="复议决定属实")


def _serve(case: Case, number: int) -> None:
    for year in (2023, 2024, 2025):
        for month in (1, 4, 7, 10):
            day = date(year, month, 20)
            if date(2023, 3, 22) < day:
                entry: dict[str, Any] = {
                    "service_date": day.isoformat(),
                    "title": "政策宣讲",
                    "hours": "20",
                    "enterprises": [
                        {"name": "甲 公司"},
                        {"name": f"Ｂ公司{year}"},
                        {"name": "丙", "uscc": uscc()},
                    ],
                }
                with case.town.begin(case.applicant, f"{day}T18:00") as w:
                    records.add_entry(w, case.party_id, [number], entry)


def _applications(town: Town) -> None:
    """One rejected, one on a notice with an objection, one that is a draft still."""
    rejected = town.start("hubei/specialized").fill().attach_all().submit()
    rejected.recommend(changes={"smes_served_last_year": 51}).review().score()
    with rejected.as_officer(4) as w:
        decisions.reject(w, rejected.application_id, "服务业绩证明不足")
    objected = town.start("hubei/specialized").reviewed().approve().publish()
    with town.begin(SYSTEM, objected.on(5)) as w:
        (notice,) = [
            n for n in notices.notices(w, "hubei") if n.items[0].application_id == objected.application_id
        ]
        notices.object_to(
            w, notice.id, objected.application_id, objector="李强", contact="13800138000", content="有异议"
        )
    town.start("shanghai/specialized").fill()


def _extend(town: Town, case: Case, number: int) -> None:
    with town.begin(case.applicant, "2026-02-16T09:00") as w:
        request = extensions.request_extension(w, number, "继续服务")
    with town.begin(town.officer("miit_volunteer"), "2026-02-17T09:00") as w:
        extensions.decide_extension(w, request, granted=True, reason="履职良好")


def _check(engine: Engine, day: date) -> None:
    """The daily check up to a day, with every letter delivered, and again when the time to object is over."""
    run_checks(session_factory(engine), day)
    with (
        session_factory(engine)() as session,
        work(session, SYSTEM, datetime.combine(day, time(9), SHANGHAI)) as w,
    ):
        for case_id in session.scalars(select(ExitCase.id).where(ExitCase.told_on.is_(None))):
            exits.told(w, case_id, day)
    run_checks(session_factory(engine), date.fromordinal(day.toordinal() + 20))
