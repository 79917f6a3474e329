"""The pages of the public site, of accounts, and of whoever acts for a party."""

from __future__ import annotations

from collections.abc import Sequence

from tests.web.example import ENTERED, EVERYONE, Example, at
from tests.web.filled import MEMBERS, PUBLIC

OWN: dict[str, Sequence[Example]] = {
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
    "verification.result_json": [
        at("/verify.json?number={number}", PUBLIC),
        at("/verify.json?number=XX-0000-0000", PUBLIC, code=404),
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
    "about.accessibility": [at("/accessibility", PUBLIC, "applicant")],
    "open_data.index": [at("/open-data", PUBLIC)],
    "open_data.register_csv": [at("/open-data/register.csv", PUBLIC)],
    "open_data.register_json": [at("/open-data/register.json", PUBLIC)],
    "open_data.notices_json": [at("/open-data/notices.json", PUBLIC)],
    "open_data.schema": [at("/open-data/schema.json", PUBLIC)],
    "statistics_public.index": [at("/statistics/", *EVERYONE)],
    "statistics_public.export": [at("/statistics/months.csv", PUBLIC)],
    # Accounts.
    "echo.number": [at("/echo/number?unit=元&typed=200万", "applicant", "officer")],
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
    "my_sessions.index": [at("/account/sessions/", *ENTERED)],
    "my_data.index": [at("/account/data/", *ENTERED)],
    "my_data.made": [at("/account/data/package", *ENTERED, code=302)],
    "giving_up.index": [at("/account/give-up/", *ENTERED)],
    "account.address_code": [at("/account/address/code", "applicant", code=302)],
    "invitations.page": [at("/account/invitations/{invitation}", *EVERYONE)],
    "inbox.index": [at("/inbox/", *ENTERED), at("/inbox/?unread=1&page=1", "applicant")],
    "inbox.page": [at("/inbox/{own_message}", "applicant")],
    "my_party.index": [at("/my/parties/", *MEMBERS, "lead")],
    "my_party.new": [at("/my/parties/new", *ENTERED), at("/my/parties/new?kind=person", "expert")],
    "my_party.page": [at("/my/parties/{party}", "applicant"), at("/my/parties/{expert_party}", "expert")],
    "my_changes.index": [
        at("/my/parties/{party}/changes/", "applicant"),
        at("/my/parties/{party}/changes/", "expert", code=404),
    ],
    "my_changes.new": [
        *(
            at(f"/my/parties/{{party}}/changes/new?kind={kind}", "applicant")
            for kind in ("details", "closure", "merger", "split")
        ),
        at("/my/parties/{expert_party}/changes/new", "expert"),
        at("/my/parties/{expert_party}/changes/new?kind=merger", "expert", code=404),
    ],
    "my_claims.page": [
        at("/my/claims/{own_claim}", "applicant"),
        at("/my/claims/{claim}", "expert"),
        at("/my/claims/{claim_settled}", "expert"),
        at("/my/claims/{claim}", "applicant", "officer", code=404),
    ],
    "my_claims.object_to": [
        at("/my/claims/{claim}/objection", "applicant"),
        at("/my/claims/{claim}/objection", "expert", "officer", code=404),
    ],
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
    "diary.import_values": [at("/my/diary/import/values?token=x", "applicant", code=303)],
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
    "my_applications.material": [
        at("/my/applications/materials/{own_picture}", "applicant"),
        at("/my/applications/materials/{own_picture}?view=1", "applicant"),
    ],
    "my_applications.picture": [at("/my/applications/materials/{own_picture}/picture", "applicant")],
    "my_applications.submit": [
        at("/my/applications/{own_draft}/submit", "applicant"),
        at("/my/applications/{draft}/submit", "expert"),
    ],
    "my_roster.index": [at("/my/roster/", "applicant", code=302), at("/my/roster/", "expert", "lead")],
    "my_roster.template": [at("/my/roster/template.xlsx", "applicant")],
    "my_roster.page": [at("/my/roster/{party}", "applicant"), at("/my/roster/{party}", "officer", code=404)],
    "attachments.download": [
        at("/attachments/{licence}", "applicant", "officer", "auditor"),
        at("/attachments/{licence}?view=1", "applicant", "officer", "auditor"),
        at("/attachments/{claim_proof}", "expert", "officer", "auditor"),
        at("/attachments/{claim_proof}", "applicant", "recommender", "sysadmin", code=404),
    ],
    "attachments.picture": [at("/attachments/{licence}/picture", "applicant", "recommender")],
    "downloads.index": [at("/downloads/", *ENTERED)],
    "downloads.file": [at("/downloads/{export}/file", "officer")],
}
