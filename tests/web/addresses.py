"""Every page that the site has, with an address of the filled register and those who may open it.

A new page gets its line here or in `addresses_own`: `at(address, *people)`, where `{name}` in the address is
one of the ids that `tests/web/filled.py` makes, and the people are those of its PEOPLE. Then it is opened in
both languages, its statements are counted, and a browser looks at it on a desk and on a telephone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Flask

from core.web.frame.policy import LIST_PAGES, LISTS
from tests.web.addresses_own import OWN
from tests.web.example import AUTHORITY, ENTERED, READERS, SETTERS, Example, at
from tests.web.filled import PUBLIC, STAFF, Filled

NO_PAGES = frozenset(
    {"static", "admin.static", "security.static", "health.healthz", "health.icon", "health.metrics"}
    | {"typed.standing", "health.readyz", "about.robots_txt", "about.security_txt", "about.sitemap"}
)
"""What answers a GET and is no page: files, and what machines ask for."""

EXAMPLES: dict[str, Sequence[Example]] = {
    **OWN,
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
    "holiday_years.enter": [
        at("/admin/holidays/years/2024/enter", "lead"),
        at("/admin/holidays/years/2035/enter", "sysadmin"),
    ],
    "holiday_years.periods": [at("/admin/holidays/years/periods", *SETTERS)],
    "holiday_years.template": [at("/admin/holidays/years/template.xlsx", "lead", "sysadmin")],
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
    "documents.status_dossier": [
        at("/documents/accreditations/{accreditations}/dossier.pdf", "applicant", *READERS),
        at("/documents/accreditations/{accreditations}/dossier.zip", "auditor"),
    ],
    "documents.recommendation": [at("/documents/recommendations/{case}.pdf", *READERS)],
    "documents.decision": [at("/documents/letters/decisions/{case}.pdf", "officer", code=404)],
    "documents.declined": [
        at("/documents/letters/recommendations/{declined}.pdf", "expert", "lead", "auditor"),
        at("/documents/letters/recommendations/{declined}.pdf", "applicant", "officer", "reviewer", code=404),
        at("/documents/letters/recommendations/{case}.pdf", "officer", code=404),
    ],
    "documents.extension": [
        at("/documents/letters/extensions/{answered}.pdf", "applicant", *READERS),
        at("/documents/letters/extensions/{answered}.pdf", "expert", "reviewer", code=404),
        at("/documents/letters/extensions/{extensions}.pdf", "applicant", "officer", code=404),
    ],
    "documents.exit_letter": [at("/documents/letters/exits/{exits}.pdf", "applicant", *READERS)],
    "documents.warning": [at("/documents/letters/warnings/{warnings}.pdf", "applicant", "officer")],
    "documents.rectification": [
        at("/documents/letters/rectifications/{rectifications}.pdf", "applicant", "officer")
    ],
    "documents.report_returned": [
        at("/documents/letters/reports/{returned}.pdf", "applicant", *READERS),
        at("/documents/letters/reports/{reports}.pdf", "applicant", "officer", code=404),
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
    "application_case.check": [
        at("/admin/applications/{case}/check/move-approve", *AUTHORITY),
        at("/admin/applications/{case}/check/move-reject", "officer"),
    ],
    "issuing.page": [at("/admin/decisions/waiting", *AUTHORITY)],
    "application_case.fill": [at("/admin/applications/{draft}/facts", "lead")],
    "application_case.history": [at("/admin/applications/{case}/facts/{fact}", "officer")],
    "application_case.material": [
        at("/admin/applications/materials/{handed_in}", "officer", "reviewer"),
        at("/admin/applications/materials/{handed_in}?view=1", "officer", "reviewer"),
        at("/admin/applications/materials/{covered}?view=1&leaf=2", "officer"),
        at("/admin/applications/materials/{covered}?view=1&leaf=2&picture=1", "officer"),
        at("/admin/applications/materials/{covered}?view=1&leaf=99", "officer", code=404),
    ],
    "redactions.page": [
        at("/stored/materials/{handed_in}", *READERS, "reviewer"),
        at("/stored/materials/{covered}", *READERS, "reviewer"),
        at("/stored/materials/{asked}", "officer"),
        at("/stored/materials/{own_picture}", "applicant", "officer"),
        at("/stored/attachments/{licence}", "applicant", "officer", "auditor"),
        at("/stored/materials/{handed_in}", "applicant", "expert", "sysadmin", code=404),
        at("/stored/attachments/{licence}", "expert", "reviewer", "sysadmin", code=404),
    ],
    "changing.page": [
        at("/admin/changing/{change}", *READERS),
        at("/admin/changing/{changed}", "officer", "auditor"),
        at("/admin/changing/{numbered}", "officer", "auditor"),
        at("/admin/changing/{change}", "reviewer", code=403),
    ],
    "claiming.page": [
        at("/admin/claims/{claim}", *AUTHORITY, "auditor"),
        at("/admin/claims/{claim_settled}", "officer"),
        at("/admin/claims/{own_claim}", "officer", code=404),
        at("/admin/claims/{claim}", "recommender", code=403),
    ],
    "changing.new": [
        at("/admin/changing/party/{party}", *AUTHORITY),
        *(
            at(f"/admin/changing/party/{{party}}?kind={kind}", "lead")
            for kind in ("number", "closure", "merger", "split")
        ),
    ],
    "archiving.index": [
        at("/admin/keeping/archive/?program=shanghai", *AUTHORITY, "auditor"),
        at("/admin/keeping/archive/?program=liaocheng", "auditor"),
    ],
    "archiving.package": [at("/admin/keeping/archive/{package}.zip", *AUTHORITY, "auditor", code=409)],
    "keeping.index": [
        at("/admin/keeping/", *AUTHORITY, "auditor"),
        at("/admin/keeping/?program=jilin&page=1", "auditor"),
    ],
    "keeping.page": [
        at("/admin/keeping/lists/{destroyed}", *AUTHORITY, "auditor"),
        at("/admin/keeping/lists/{to_destroy}", *AUTHORITY, "auditor"),
    ],
    "keeping.party_holds": [at("/admin/keeping/holds/{party}", *AUTHORITY, "auditor")],
    "documents.destruction": [
        at("/documents/destructions/{destroyed}.pdf", *AUTHORITY, "auditor"),
        at("/documents/destructions/{to_destroy}.pdf", "lead", code=404),
    ],
    "redactions.index": [at("/stored/requests", *AUTHORITY)],
    "accreditation_case.page": [at("/admin/accreditations/{accreditations}", *READERS)],
    "mergers.index": [at("/admin/mergers/", *AUTHORITY)],
    "mergers.find": [
        at("/admin/mergers/with/{party}", *AUTHORITY),
        at("/admin/mergers/with/{party}?search=双河", *AUTHORITY),
    ],
    "mergers.compare": [
        at("/admin/mergers/{party}/{double}", *AUTHORITY),
        at("/admin/mergers/{party}/{expert_party}", "officer", code=404),
    ],
    "mergers.undo": [at("/admin/mergers/undo/{merger}", *AUTHORITY)],
    "mergers.marked": [at("/admin/mergers/different", *AUTHORITY)],
    "mergers.mark": [
        at("/admin/mergers/{party}/{double}/different", *AUTHORITY),
        at("/admin/mergers/{party}/{expert_party}/different", "officer", code=404),
    ],
    "mergers.take_back": [at("/admin/mergers/different/{mark}", *AUTHORITY)],
    "filers.file": [at("/admin/filers/files/999999", "officer", "lead", code=404)],
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
    "recommenders.index": [
        at("/admin/recommenders/", *READERS),
        at("/admin/recommenders/?program=hubei", "lead"),
    ],
    "recommenders.page": [
        at("/admin/recommenders/{recommender}", "lead", "auditor"),
        at("/admin/recommenders/{recommender}?show=former&q=机构", "lead"),
        at("/admin/recommenders/{recommender}", "officer", "recommender", code=404),
    ],
    "recommenders.export": [at("/admin/recommenders/{recommender}/list.xlsx", "lead")],
    "recommenders.template": [at("/admin/recommenders/template.xlsx", "officer", "recommender")],
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
    "settings_page.change": [at("/admin/parameters/shanghai/shanghai.in_principle", *SETTERS)],
    "table_pages.index": [at("/admin/tables/", *READERS)],
    "table_pages.summary": [at("/admin/tables/summary?table=shanghai/{table}&state=under_review", "officer")],
    "table_pages.nominated": [at("/admin/tables/nominations?target={target}&year=2024", "lead")],
    "table_pages.plaques": [
        at("/admin/tables/plaques?program=shanghai&first=2024-01-01&format=pdf", "officer", code=302)
    ],
    "table_pages.inspections": [
        at("/admin/tables/inspections?program=shanghai&year=2024&format=xlsx", "officer", code=302)
    ],
    "table_pages.template": [at("/admin/tables/former/shanghai.xlsx", "lead")],
    "take_in.index": [at("/admin/take-in/", *AUTHORITY)],
    "take_in.template": [at("/admin/take-in/shanghai/statuses.xlsx", "lead")],
    "system_forms.regions": [at("/admin/system/regions?query=310104", *ENTERED)],
    "divisions.page": [at("/admin/divisions/", "sysadmin")],
    "system_forms.new_user": [at("/admin/system/users/new", "sysadmin")],
    "succession.page": [at("/admin/system/succession/", "sysadmin")],
    "system_forms.user": [at("/admin/system/users/{user}", "sysadmin", "auditor")],
    "system_forms.holiday": [
        at("/admin/system/holiday", "lead", "sysadmin"),
        at("/admin/system/holiday?on=2024-05-01", "lead"),
    ],
    "held_messages.page": [at("/admin/held-messages/{held}", "lead", "sysadmin")],
    "checking.page": [at("/admin/daily-check/", *SETTERS)],
    "system_forms.job": [at("/admin/system/jobs/{job}", *SETTERS)],
}

_WHO: dict[str, tuple[str, ...]] = {
    "verifications": AUTHORITY,
    "claims": (*AUTHORITY, "auditor"),
    "settings": SETTERS,
    "holidays": SETTERS,
    "jobs": SETTERS,
    "messages": SETTERS,
    "audit": ("auditor", "sysadmin", "lead"),
    "access": ("auditor",),
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
