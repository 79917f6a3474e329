"""Every page that the site has, with an address of the filled register and those who may open it.

A new page gets its line here: `at(address, *people)`, where `{name}` in the address is one of the ids that
`tests/web/filled.py` makes, and the people are those of its PEOPLE. Then it is opened in both languages, its
statements are counted, and a browser looks at it on a desk and on a telephone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask

from core.web.policy import LIST_PAGES, LISTS
from tests.web.filled import MEMBERS, PUBLIC, STAFF, Filled

EVERYONE = (PUBLIC, *MEMBERS, *STAFF)
ENTERED = (*MEMBERS, *STAFF)
READERS = ("recommender", "officer", "lead", "auditor")
AUTHORITY = ("officer", "lead")
SETTERS = ("officer", "lead", "auditor", "sysadmin")


@dataclass(frozen=True, slots=True)
class Example:
    """An address, and who opens it with which answer."""

    address: str
    people: tuple[str, ...]
    code: int = 200

    def path(self, ids: Mapping[str, Any]) -> str:
        """The address with the ids of a register."""
        return self.address.format_map(ids)


def at(address: str, *people: str, code: int = 200) -> Example:
    """One line."""
    return Example(address, people, code)


NO_PAGES = frozenset({"static", "admin.static", "security.static", "health.healthz", "health.metrics"})
"""What answers a GET and is no page: files, and what machines ask for."""

EXAMPLES: dict[str, Sequence[Example]] = {
    # The public site.
    "home": [at("/", *EVERYONE)],
    "register.search": [
        at("/register", PUBLIC, "applicant", "officer"),
        at("/register?q=主体&state=all&program=shanghai&region=310104", PUBLIC),
        at("/register?q=没有的名称", PUBLIC),
    ],
    "register.body": [at("/bodies/{party}", PUBLIC, "officer")],
    "register.lookup": [at("/bodies/lookup?query=主体", PUBLIC)],
    "verification.form": [at("/verify", *EVERYONE)],
    "verification.result": [
        at("/verify/{number}", PUBLIC, "officer"),
        at("/verify/XX-0000-0000", PUBLIC, code=404),
    ],
    "public_notices.index": [at("/notices", PUBLIC, "applicant")],
    "public_notices.page": [at("/notices/{notices}", PUBLIC, "officer")],
    "public_notices.object_to": [at("/notices/{notices}/objections/{applications}", PUBLIC)],
    "follow_up.form": [at("/follow-up", PUBLIC)],
    "follow_up.receipt": [at("/follow-up/receipt", PUBLIC)],
    "public_complaints.file": [at("/complaints/new?body-text=主体", PUBLIC, "applicant")],
    "public_complaints.about": [at("/complaints/new/{party}", PUBLIC)],
    "public_programs.index": [at("/programs", PUBLIC, "applicant")],
    "public_programs.program": [
        at(f"/programs/{key}", PUBLIC)
        for key in ("jilin", "liaocheng", "hubei", "shanghai", "miit_volunteer")
    ],
    "public_programs.track": [
        at(f"/programs/{key}", PUBLIC)
        for key in (
            "jilin/provider",
            "jilin/expert",
            "liaocheng/comprehensive",
            "liaocheng/specialized",
            "hubei/comprehensive",
            "hubei/specialized",
            "shanghai/comprehensive",
            "shanghai/specialized",
            "miit_volunteer/workstation",
            "miit_volunteer/expert",
        )
    ],
    "comparison.page": [
        at("/programs/compare", PUBLIC, "applicant"),
        at("/programs/compare?kind=person&only=different", PUBLIC),
        at("/programs/compare?track=hubei/comprehensive&track=liaocheng/comprehensive", PUBLIC),
    ],
    "open_data.index": [at("/open-data", PUBLIC)],
    "open_data.register_csv": [at("/open-data/register.csv", PUBLIC)],
    "open_data.register_json": [at("/open-data/register.json", PUBLIC)],
    "open_data.notices_json": [at("/open-data/notices.json", PUBLIC)],
    "open_data.schema": [at("/open-data/schema.json", PUBLIC)],
    "statistics_public.index": [at("/statistics/", *EVERYONE)],
    "statistics_public.export": [at("/statistics/months.csv", PUBLIC)],
    # Accounts.
    "start": [at("/start", *ENTERED, code=302)],
    "security.login": [at("/login", PUBLIC)],
    "security.verify": [at("/confirm-password", "officer")],
    "security.change_password": [at("/change", "applicant", "officer")],
    "security.two_factor_setup": [at("/tf-setup", "applicant", "officer")],
    "security.two_factor_token_validation": [at("/tf-validate", PUBLIC, code=302)],
    "security.two_factor_rescue": [at("/tf-rescue", PUBLIC, code=302)],
    "security.tf_select": [at("/tf-select", PUBLIC, code=302)],
    "security.mf_recovery": [at("/mf-recovery", PUBLIC, code=302)],
    "security.mf_recovery_codes": [at("/mf-recovery-codes", "applicant", "officer")],
    # Whoever acts for a party.
    "my.index": [at("/my/", *MEMBERS)],
    "account.sign_up": [at("/account/sign-up", PUBLIC)],
    "account.sign_up_code": [at("/account/sign-up/code", PUBLIC, code=302)],
    "account.reset": [at("/account/reset", PUBLIC, "applicant")],
    "account.reset_code": [at("/account/reset/code", PUBLIC, code=302)],
    "account.settings": [at("/account/settings", *ENTERED)],
    "account.address_code": [at("/account/address/code", "applicant", code=302)],
    "invitations.page": [at("/account/invitations/{invitation}", *EVERYONE)],
    "inbox.index": [at("/inbox/", *ENTERED), at("/inbox/?unread=1&page=1", "applicant")],
    "inbox.page": [at("/inbox/{own_message}", "applicant")],
    "my_party.index": [at("/my/parties/", "applicant", code=302), at("/my/parties/", "lead")],
    "my_party.new": [at("/my/parties/new", *ENTERED), at("/my/parties/new?kind=person", "expert")],
    "my_party.page": [at("/my/parties/{party}", "applicant"), at("/my/parties/{expert_party}", "expert")],
    "my_party.edit": [at("/my/parties/{party}/edit", "applicant")],
    "my_party.profile": [
        at("/my/parties/{party}/profile", "applicant"),
        at("/my/parties/{expert_party}/profile", "expert"),
    ],
    "my_members.index": [at("/my/parties/{party}/members/", "applicant")],
    "my_accreditations.index": [at("/my/accreditations/", *ENTERED)],
    "my_accreditations.page": [
        at("/my/accreditations/{accreditations}", "applicant"),
        at("/my/accreditations/{accreditations}", "expert", "officer", code=404),
    ],
    "my_accreditations.extension": [at("/my/accreditations/{accreditations}/extension", "applicant")],
    "my_accreditations.withdrawal": [at("/my/accreditations/{accreditations}/withdrawal", "applicant")],
    "my_accreditations.order": [
        at("/my/accreditations/{accreditations}/orders/{rectifications}", "applicant")
    ],
    "my_accreditations.exit_case": [at("/my/accreditations/{accreditations}/exits/{exits}", "applicant")],
    "my_accreditations.report_form": [
        at("/my/accreditations/{accreditations}/reports/{report_year}", "applicant")
    ],
    "my_accreditations.report": [
        at("/my/accreditations/{accreditations}/reports/handed-in/{reports}", "applicant")
    ],
    "my_accreditations.data": [at("/my/accreditations/data", *MEMBERS)],
    "diary.index": [
        at("/my/diary/", *ENTERED),
        at("/my/diary/?party={party}&month=2024-05&state=submitted", "applicant"),
        at("/my/diary/?party={party}", "expert", code=404),
    ],
    "diary.new": [at("/my/diary/new", *ENTERED)],
    "diary.entry": [
        at("/my/diary/entries/{entry}", "applicant"),
        at("/my/diary/entries/{entry_draft}?saved=1", "applicant"),
    ],
    "diary.edit": [
        at("/my/diary/entries/{entry_draft}/edit", "applicant"),
        at("/my/diary/entries/{entry}/edit", "applicant", code=303),
    ],
    "diary.enterprises_json": [at("/my/diary/enterprises?query=主体", "applicant")],
    "diary.import_table": [at("/my/diary/import", "applicant")],
    "diary.import_errors": [at("/my/diary/import/errors?token=x", "applicant", code=303)],
    "diary.template": [at("/my/diary/import/template", "applicant")],
    "diary.export": [at("/my/diary/export/{accreditations}", "applicant")],
    "eligibility.index": [at("/my/programs/", *ENTERED), at("/my/programs/?party={party}", "applicant")],
    "my_applications.index": [
        at("/my/applications/", *ENTERED),
        at("/my/applications/?state=draft", "expert"),
    ],
    "my_applications.page": [
        at("/my/applications/{own_draft}", "applicant"),
        at("/my/applications/{applications}", "applicant"),
        at("/my/applications/{draft}", "expert"),
        at("/my/applications/{own_draft}", "expert", "officer", code=404),
    ],
    "my_applications.history": [
        at("/my/applications/{own_draft}/facts/{fact}/history", "applicant"),
        at("/my/applications/{draft}/facts/education/history", "expert"),
    ],
    "my_applications.fill": [
        at("/my/applications/{own_draft}/facts", "applicant"),
        at("/my/applications/{draft}/facts", "expert"),
    ],
    "my_applications.materials_page": [
        at("/my/applications/{own_draft}/materials", "applicant"),
        at("/my/applications/{draft}/materials", "expert"),
    ],
    "my_applications.material": [at("/my/applications/materials/{own_picture}", "applicant")],
    "my_applications.picture": [at("/my/applications/materials/{own_picture}/picture", "applicant")],
    "my_applications.submit": [
        at("/my/applications/{own_draft}/submit", "applicant"),
        at("/my/applications/{draft}/submit", "expert"),
    ],
    "my_roster.index": [at("/my/roster/", "applicant", code=302), at("/my/roster/", "expert", "lead")],
    "my_roster.template": [at("/my/roster/template.xlsx", "applicant")],
    "my_roster.page": [at("/my/roster/{party}", "applicant"), at("/my/roster/{party}", "officer", code=404)],
    "attachments.download": [at("/attachments/{licence}", "applicant", "officer", "auditor")],
    "attachments.picture": [at("/attachments/{licence}/picture", "applicant", "recommender")],
    "downloads.index": [at("/downloads/", *ENTERED)],
    "downloads.file": [at("/downloads/{export}/file", "officer")],
    # The administration.
    "admin.index": [at("/admin/", *STAFF)],
    "completeness.page": [
        at("/admin/applications/{case}/completeness", *READERS),
        at("/admin/applications/{waiting}/completeness", "officer", "recommender"),
    ],
    "holiday_years.page": [
        at("/admin/holidays/years/", *SETTERS),
        at("/admin/holidays/years/2024", "lead", "officer"),
        at("/admin/holidays/years/2035", "sysadmin"),
    ],
    "nominating.index": [
        at("/admin/candidates/", *READERS),
        at("/admin/candidates/?target=miit_volunteer|commendation&year=2024", "lead"),
    ],
    "nominating.ranking": [at("/admin/candidates/ranking.xlsx?target=liaocheng|nothing", "auditor", "lead")],
    "statistics.index": [
        at("/admin/statistics/", *READERS),
        *(
            at(f"/admin/statistics/{topic}?program=shanghai", "lead")
            for topic in ("duties", "calls", "services")
        ),
    ],
    "statistics.export": [
        at("/admin/statistics/register/regions.xlsx", "officer"),
        at("/admin/statistics/calls/waiting.csv", "auditor"),
    ],
    # Documents: an applicant has those of its own.
    "documents.certificate": [at("/documents/certificates/{accreditations}.pdf", "applicant", *READERS)],
    "documents.appointment": [at("/documents/appointments/{accreditations}.pdf", "officer", code=404)],
    "documents.application": [
        at("/documents/applications/{applications}.pdf", "applicant", *READERS),
        at("/documents/applications/{draft}.docx", "expert"),
        at("/documents/applications/{case}.xlsx", "reviewer"),
    ],
    "documents.dossier": [
        at("/documents/applications/{case}/dossier.pdf", *READERS),
        at("/documents/applications/{case}/dossier.zip", "officer"),
        at("/documents/applications/{case}/dossier.zip", "applicant", "reviewer", code=404),
    ],
    "documents.recommendation": [at("/documents/recommendations/{case}.pdf", *READERS)],
    "documents.decision": [at("/documents/letters/decisions/{case}.pdf", "officer", code=404)],
    "documents.exit_letter": [at("/documents/letters/exits/{exits}.pdf", "applicant", *READERS)],
    "documents.warning": [at("/documents/letters/warnings/{warnings}.pdf", "applicant", "officer")],
    "documents.rectification": [
        at("/documents/letters/rectifications/{rectifications}.pdf", "applicant", "officer")
    ],
    "documents.notice": [at("/documents/notices/{notices}.pdf", PUBLIC, "applicant", "officer")],
    "documents.report": [at("/documents/reports/{reports}.pdf", "applicant", "officer")],
    "documents.plaques": [at("/documents/plaques.pdf?program=shanghai", *READERS)],
    "documents.inspections": [at("/documents/inspections.docx?program=shanghai&year=2024", *READERS)],
    "application_case.page": [
        at("/admin/applications/{case}", *READERS),
        at("/admin/applications/{applications}", *READERS),
        at("/admin/applications/{waiting}", "officer", "recommender"),
        at("/admin/applications/{draft}", "lead"),
    ],
    "application_case.fill": [at("/admin/applications/{draft}/facts", "lead")],
    "application_case.history": [at("/admin/applications/{case}/facts/{fact}", "officer")],
    "application_case.material": [at("/admin/applications/materials/{handed_in}", "officer", "reviewer")],
    "accreditation_case.page": [at("/admin/accreditations/{accreditations}", *READERS)],
    "filing.new_party": [at("/admin/filing/party", *AUTHORITY)],
    "filing.party": [at("/admin/filing/party/{party}", *READERS)],
    "filing.new_application": [at("/admin/filing/application", *AUTHORITY)],
    "filing.include": [at("/admin/filing/inclusion", "lead")],
    "register_forms.new_call": [at("/admin/register/calls/new", *AUTHORITY)],
    "register_forms.call": [
        at("/admin/register/calls/{calls}", *READERS),
        at("/admin/register/calls/{open_call}", "officer"),
    ],
    "register_forms.edit_call": [at("/admin/register/calls/{open_call}/edit", *AUTHORITY)],
    "register_forms.new_notice": [
        at("/admin/register/notices/new", *AUTHORITY),
        at("/admin/register/notices/new?program=shanghai", *AUTHORITY),
    ],
    "register_forms.notice": [at("/admin/register/notices/{notices}", *READERS)],
    "register_forms.new_campaign": [at("/admin/register/campaigns/new", *AUTHORITY)],
    "recommending.index": [
        at("/admin/recommending/", "recommender"),
        at("/admin/recommending/?search=主体&due=soon&sort=party&desc=1", "recommender"),
    ],
    "recommending.evaluate": [
        at("/admin/recommending/{case}", "recommender"),
        at("/admin/recommending/{draft}", "recommender", code=404),
    ],
    "inspecting.index": [
        at(f"/admin/recommending/inspections/?show={tab}", "recommender", "officer", "lead")
        for tab in ("planned", "open", "again", "held")
    ],
    "inspecting.record": [at("/admin/recommending/inspections/{inspections}", "recommender", "officer")],
    "inspecting.year": [at("/admin/recommending/inspections/year?year=2024", "recommender", "officer")],
    "inspecting.year_sheet": [
        at("/admin/recommending/inspections/year.xlsx?program=shanghai&year=2024", "recommender")
    ],
    "proposing.index": [at("/admin/recommending/exits/?search=主体", "recommender", "officer")],
    # Shanghai's text knows no proposal by a recommender.
    "proposing.propose": [at("/admin/recommending/exits/{accreditations}", "recommender", code=404)],
    "panels.index": [at("/admin/panels/", *AUTHORITY, "auditor")],
    "panels.progress": [
        at("/admin/panels/{calls}", *AUTHORITY, "auditor"),
        at("/admin/panels/jilin", "lead"),
    ],
    "panels.assign": [at("/admin/panels/{calls}/assign", *AUTHORITY)],
    "panels.ranking_page": [at("/admin/panels/{calls}/ranking", *AUTHORITY, "auditor")],
    "panels.ranking_sheet": [at("/admin/panels/{calls}/ranking.xlsx", "officer")],
    "panels.decide": [at("/admin/panels/{calls}/decide", *AUTHORITY)],
    "reviewing.index": [
        at("/admin/reviews/", "reviewer"),
        at("/admin/reviews/?show=all", "reviewer"),
    ],
    "reviewing.task": [
        at("/admin/reviews/{task}", "reviewer"),
        at("/admin/reviews/{undeclared}", "reviewer"),
    ],
    "settings_page.index": [
        at("/admin/parameters/", *SETTERS),
        *(
            at(f"/admin/parameters/?program={key}", "lead")
            for key in ("jilin", "liaocheng", "hubei", "shanghai", "miit_volunteer")
        ),
    ],
    "settings_page.change": [at("/admin/parameters/shanghai/shanghai.term", *SETTERS)],
    "table_pages.index": [at("/admin/tables/", *READERS)],
    "table_pages.summary": [at("/admin/tables/summary?table=shanghai/{table}&state=under_review", "officer")],
    "table_pages.nominated": [at("/admin/tables/nominations?target={target}&year=2024", "lead")],
    "table_pages.plaques": [
        at("/admin/tables/plaques?program=shanghai&first=2024-01-01&format=pdf", "officer", code=302)
    ],
    "table_pages.inspections": [
        at("/admin/tables/inspections?program=shanghai&year=2024&format=xlsx", "officer", code=302)
    ],
    "table_pages.template": [at("/admin/tables/former.xlsx", "lead")],
    "system_forms.regions": [at("/admin/system/regions?query=310104", *ENTERED)],
    "system_forms.new_user": [at("/admin/system/users/new", "sysadmin")],
    "system_forms.user": [at("/admin/system/users/{user}", "sysadmin", "auditor")],
    "system_forms.holiday": [
        at("/admin/system/holiday", "lead", "sysadmin"),
        at("/admin/system/holiday?on=2024-05-01", "lead"),
    ],
    "system_forms.job": [at("/admin/system/jobs/{job}", *SETTERS)],
}

_WHO: dict[str, tuple[str, ...]] = {
    "verifications": AUTHORITY,
    "settings": SETTERS,
    "holidays": SETTERS,
    "jobs": SETTERS,
    "messages": SETTERS,
    "audit": ("auditor", "sysadmin", "lead"),
    "users": ("sysadmin", "auditor"),
    "grants": ("sysadmin", "auditor"),
}
"""Who opens a list of the administration, where it isn't all who read cases."""

for _name in LISTS:
    _people = _WHO.get(_name, READERS)
    EXAMPLES[f"{_name}.index_view"] = [at(f"/admin/{_name}/", *_people)]
    EXAMPLES[f"{_name}.details_view"] = [at(f"/admin/{_name}/details/?id={{row_{_name}}}", _people[0])]
    EXAMPLES[f"{_name}.export"] = [
        at(f"/admin/{_name}/export/{kind}/", _people[0]) for kind in ("csv", "xlsx")
    ]
    EXAMPLES[f"{_name}.ajax_lookup"] = [at(f"/admin/{_name}/ajax/lookup/?query=主体", _people[0])]


def wanted(app: Flask) -> set[str]:
    """The endpoints that need an example: all that answer a GET."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGES
    }


def visits(filled: Filled) -> Iterator[tuple[str, str, str, int]]:
    """Every endpoint with address, person and expected code."""
    for endpoint, examples in EXAMPLES.items():
        for example in examples:
            for who in example.people:
                yield endpoint, example.path(filled.ids), who, example.code


def is_list(endpoint: str) -> bool:
    """Whether it is one of a list's own pages, which are all made by one view."""
    name, _, page = endpoint.partition(".")
    return name in LISTS and page in LIST_PAGES
