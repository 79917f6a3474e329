"""Faults planted past the services, and the checks that must find each."""

from sqlalchemy import Connection, text

WHO = {
    "@active": "(SELECT id FROM accreditation WHERE state = 'active' ORDER BY id LIMIT 1)",
    "@automatic": "(SELECT min(id) FROM exit_case WHERE state = 'upheld' AND mode = 'automatic')",
    "@confirmed": "(SELECT min(id) FROM exit_case WHERE state = 'upheld' AND mode = 'confirm')",
    "@overturned": "(SELECT id FROM exit_case WHERE state = 'overturned')",
    "@proposed": "(SELECT min(id) FROM exit_case WHERE state = 'proposed')",
    "@on_notice": "(SELECT id FROM application WHERE state = 'on_notice')",
    "@record": "(SELECT min(id) FROM service_record)",
}
"""Stand in the statements for a row of the lived register."""


def plant(connection: Connection, statement: str) -> None:
    """Run a statement that must change something; `OPEN table` lifts the table's triggers first."""
    if statement.startswith("OPEN "):
        connection.execute(text(f"ALTER TABLE {statement.removeprefix('OPEN ')} DISABLE TRIGGER USER"))
        return
    for name, query in WHO.items():
        statement = statement.replace(name, query)
    assert connection.execute(text(statement)).rowcount != 0, f"nothing planted by {statement}"


PLANTED: dict[str, tuple[set[str], list[str]]] = {
    "an event of the trail is rewritten": (
        {"audit.chain"},
        ["OPEN audit_event", "UPDATE audit_event SET actor = '别人' WHERE id = 20"],
    ),
    "an event of the trail is removed": (
        {"audit.chain"},
        ["OPEN audit_event", "DELETE FROM audit_event WHERE id = (SELECT min(id) FROM audit_event)"],
    ),
    "the trail is emptied": (
        {"audit.empty", "accreditation.origin"},
        ["OPEN audit_event", "OPEN audit_link", "DELETE FROM audit_event", "DELETE FROM audit_link"],
    ),
    "no one gives the transactions their places": (
        {"audit.unsealed"},
        ["OPEN audit_link", "UPDATE audit_link SET written_at = written_at - interval '11 minutes'"],
    ),
    "an account is given a second duty": (
        {"grant.two_duties"},
        [
            "OPEN role_grant",
            """INSERT INTO role_grant (user_id, role, starts_on)
            SELECT user_id, 'auditor', DATE '2190-01-01' FROM role_grant WHERE role = 'officer' LIMIT 1""",
        ],
    ),
    "a status is ended by hand": (
        {"audit.state", "accreditation.revoked"},
        ["UPDATE accreditation SET state = 'revoked', ended_on = started_on WHERE id = @active"],
    ),
    "a status is given back by hand": (
        {"audit.state", "exit.ends_status", "accreditation.due"},
        ["""UPDATE accreditation SET state = 'active', ended_on = NULL
            WHERE id = (SELECT accreditation_id FROM exit_case WHERE id = @confirmed)"""],
    ),
    "a term is made longer": (
        {"audit.state"},
        ["UPDATE accreditation SET valid_through = valid_through + 365 WHERE id = @active"],
    ),
    "a status passes to another party": (
        {"audit.state", "accreditation.application"},
        [
            """UPDATE accreditation SET party_id = (SELECT max(id) FROM party)
            WHERE number = 'SH-S-2017-0001'"""
        ],
    ),
    "a number is another's": (
        {"number.pattern"},
        ["UPDATE accreditation SET number = 'XX-2024-0001' WHERE id = @active"],
    ),
    "a number is skipped": (
        {"number.sequence", "number.pattern"},
        ["UPDATE accreditation SET sequence = 7 WHERE id = @active"],
    ),
    "a number has no place in its series": (
        {"number.own"},
        ["UPDATE accreditation SET sequence = NULL WHERE id = @active"],
    ),
    "a status is taken in before it began": (
        {"taken_in.before"},
        [
            """INSERT INTO taken_in (accreditation_id, filename, sha256, source_row, taken_on)
            SELECT id, '名录.xlsx', '', 2, started_on - 1 FROM accreditation WHERE id = @active"""
        ],
    ),
    "a number is of another year": (
        {"number.year", "number.pattern", "number.sequence"},
        [
            "UPDATE accreditation SET year = 2020, sequence = 2 WHERE number = 'SH-S-2017-0001'",
        ],
    ),
    "the settings of a status are lost": (
        {"accreditation.settings"},
        ["UPDATE accreditation SET settings = '{}' WHERE id = @active"],
    ),
    "a status never comes due": (
        {"accreditation.due"},
        ["UPDATE accreditation SET next_due_on = NULL WHERE id = @active"],
    ),
    "a status comes due too late": (
        {"accreditation.due"},
        ["UPDATE accreditation SET next_due_on = valid_through + 2 WHERE id = @active"],
    ),
    "an approval is gone": (
        {"accreditation.decided", "application.decided"},
        [
            "OPEN decision",
            "DELETE FROM decision WHERE kind = 'approved' AND id = (SELECT min(id) FROM decision)",
        ],
    ),
    "a rejection is gone": (
        {"application.decided"},
        ["OPEN decision", "DELETE FROM decision WHERE kind = 'rejected'"],
    ),
    "a decision's verdict is gone": (
        {"decision.snapshot"},
        ["OPEN decision", "UPDATE decision SET verdict = '{}' WHERE id = (SELECT min(id) FROM decision)"],
    ),
    "an application is accredited by hand": (
        {"audit.state", "application.decided", "application.accredited"},
        ["UPDATE application SET state = 'accredited', submitted_at = now() WHERE state = 'draft'"],
    ),
    "an application passes an open objection": (
        {"audit.state", "application.accredited", "application.objection"},
        ["UPDATE application SET state = 'accredited' WHERE id = @on_notice"],
    ),
    "an application is on notice without a notice": (
        {"application.unpublished"},
        ["UPDATE notice_item SET struck_on = current_date WHERE application_id = @on_notice"],
    ),
    "an application was approved before a reviewer had finished": (
        {"decision.unscored"},
        ["""UPDATE review_assignment SET finished_at = NULL
            WHERE id = (SELECT min(id) FROM review_assignment)"""],
    ),
    "a status is made void by hand": (
        {"audit.state", "accreditation.annulled", "application.accredited"},
        ["UPDATE accreditation SET state = 'annulled', ended_on = started_on WHERE id = @active"],
    ),
    "a status gave way to one that is void": (
        {
            "audit.state", "accreditation.followed", "accreditation.origin", "accreditation.annulled",
            "accreditation.entered", "number.own",
        },
        [
            """UPDATE accreditation SET valid_through = valid_through + 365
            WHERE id = (SELECT min(id) FROM accreditation WHERE state = 'expired')""",
            """INSERT INTO accreditation (program, track, edition, party_id, number, year, region, state,
                started_on, valid_from, valid_through, ended_on, settings)
            SELECT program, track, edition, party_id, number || '-2', extract(year FROM ended_on), region,
                'annulled',
                ended_on, ended_on, ended_on, ended_on, settings
            FROM accreditation WHERE id = (SELECT min(id) FROM accreditation WHERE state = 'expired')""",
        ],
    ),
    "a notice is closed under an application": (
        {"application.notice"},
        ["""UPDATE public_notice SET closed_at = now()
            WHERE id = (SELECT notice_id FROM notice_item WHERE application_id = @on_notice)"""],
    ),
    "a notice is closed before its last day is over": (
        {"notice.cut_short"},
        ["""UPDATE public_notice SET closed_at = closes_on + time '23:59' AT TIME ZONE 'Asia/Shanghai'
            WHERE closed_at IS NOT NULL"""],
    ),
    "a notice that runs was closed on a day to come": (
        {"notice.cut_short", "notice.passed_early"},
        ["UPDATE public_notice SET closes_on = current_date + 9, closed_at = now() + interval '10 days' "
         "WHERE id = (SELECT min(id) FROM public_notice WHERE closed_at IS NOT NULL)"],
    ),
    "an application goes on before its notice is over": (
        {"notice.passed_early", "notice.cut_short"},
        ["""UPDATE public_notice SET closes_on = (closed_at AT TIME ZONE 'Asia/Shanghai')::date
            WHERE closed_at IS NOT NULL"""],
    ),
    "a status ends on a day to come": (
        {"event.future"},
        ["""UPDATE register_event SET happened_on = current_date + 2
            WHERE id = (SELECT min(id) FROM register_event WHERE kind = 'revoked')"""],
    ),
    "the trail tells of a day to come": (
        {"audit.future", "audit.chain"},
        ["OPEN audit_event", "UPDATE audit_event SET at = now() + interval '2 days' WHERE id = 20"],
    ),
    "two officers decide on the last day": (
        {"exit.heard"},
        ["UPDATE exit_case SET objection_until = decided_on, objected_on = NULL WHERE id = @confirmed"],
    ),
    "two officers decide though the last day is not known": (
        {"exit.heard"},
        ["UPDATE exit_case SET objection_until = NULL, objected_on = NULL WHERE id = @confirmed"],
    ),
    "a notice is of another programme": (
        {"notice.program"},
        ["UPDATE public_notice SET program = 'jilin' WHERE id = (SELECT min(id) FROM public_notice)"],
    ),
    "a fact is changed without a word": (
        {"facts.effective"},
        [
            """UPDATE application SET facts = jsonb_set(facts, '{staff_full_time}', '999')
            WHERE id = (SELECT min(id) FROM application WHERE facts ? 'staff_full_time')"""
        ],
    ),
    "a word on a fact is changed": (
        {"facts.effective"},
        ["OPEN fact_entry", """UPDATE fact_entry SET value = '998'
            WHERE id = (SELECT min(id) FROM fact_entry WHERE name = 'staff_full_time')"""],
    ),
    "an applicant's word passes for an officer's": (
        {"facts.effective"},
        [
            "OPEN fact_entry",
            """UPDATE fact_entry SET provenance = 'attested' WHERE id = (
                SELECT max(c.id) FROM fact_entry v JOIN fact_entry c USING (application_id, name)
                WHERE v.provenance = 'verified' AND c.provenance = 'claimed' AND v.value <> c.value)""",
        ],
    ),
    "a revocation without telling": (
        {"audit.state", "exit.heard"},
        ["UPDATE exit_case SET told_on = NULL, objection_until = NULL WHERE id = @automatic"],
    ),
    "a revocation within the time to object": (
        {"exit.heard"},
        ["UPDATE exit_case SET objection_until = decided_on WHERE id = @automatic"],
    ),
    "a revocation although a person was asked for": (
        {"exit.heard"},
        ["UPDATE exit_case SET human_requested = true WHERE id = @automatic"],
    ),
    "one officer alone": (
        {"exit.two_officers"},
        ["UPDATE exit_case SET second_officer_id = NULL WHERE id = @confirmed"],
    ),
    "one officer twice": (
        {"exit.two_officers"},
        [
            "ALTER TABLE exit_case DROP CONSTRAINT ck_exit_case_two_different_officers",
            "UPDATE exit_case SET second_officer_id = first_officer_id WHERE id = @confirmed",
        ],
    ),
    "a ban is gone": ({"exit.ban"}, ["DELETE FROM ban WHERE exit_case_id = @confirmed"]),
    "a ban is shorter": (
        {"exit.ban", "audit.state"},
        ["UPDATE ban SET through = through - 365 WHERE exit_case_id = @confirmed"],
    ),
    "a ban outlives its case": (
        {"ban.case", "audit.state"},
        ["UPDATE ban SET lifted_on = NULL WHERE exit_case_id = @overturned"],
    ),
    "told before it was proposed": (
        {"exit.told", "audit.state"},
        ["UPDATE exit_case SET told_on = proposed_on - 1 WHERE id = @proposed"],
    ),
    "an exit that no check will take up": (
        {"exit.due", "audit.state"},
        [
            "UPDATE exit_case SET mode = 'automatic' WHERE id = @proposed",
            """UPDATE accreditation SET next_due_on = valid_through
            WHERE id = (SELECT accreditation_id FROM exit_case WHERE id = @proposed)""",
        ],
    ),
    "the party was never written to": (
        {"exit.message"},
        ["DELETE FROM outbox_message WHERE event = 'exit.proposed'"],
    ),
    "the party was not told of the end": (
        {"exit.message_of_end"},
        ["DELETE FROM outbox_message WHERE event IN ('exit.upheld', 'exit.revoked')"],
    ),
    "a proposal was discarded": (
        {"message.discarded"},
        [
            "UPDATE outbox_message SET state = 'discarded', sent_at = NULL, attempts = 0 "
            "WHERE exit_case_id = (SELECT max(id) FROM exit_case WHERE state = 'upheld')"
        ],
    ),
    "a warning was not sent": ({"warning.message"}, ["DELETE FROM outbox_message WHERE event = 'warning'"]),
    "a revocation is not in the timeline": (
        {"exit.event"},
        ["DELETE FROM register_event WHERE kind = 'revoked'"],
    ),
    "an entry, an end and a leave are not in the timeline": (
        {"accreditation.entered", "accreditation.expired", "accreditation.withdrawn", "extension.applied"},
        ["DELETE FROM register_event WHERE kind IN ('accredited', 'expired', 'withdrawn', 'extended')"],
    ),
    "a warning stands twice": (
        {"event.once"},
        [
            "ALTER TABLE register_event DROP CONSTRAINT "
            "uq_register_event_accreditation_id_kind_clause_period",
            """INSERT INTO register_event
                (accreditation_id, kind, happened_on, clause, period, title_zh, title_en)
            SELECT accreditation_id, kind, happened_on, clause, period, title_zh, title_en
            FROM register_event WHERE kind = 'warning' LIMIT 1""",
        ],
    ),
    "a rectification without an order": (
        {"accreditation.rectifying", "audit.state"},
        [
            """UPDATE exit_case SET state = 'dismissed' WHERE state = 'proposed'
            AND accreditation_id = (SELECT id FROM accreditation WHERE state = 'rectifying')"""
        ],
    ),
    "a case about another's order": (
        {"part.accreditation"},
        [
            """UPDATE exit_case SET rectification_id = (SELECT min(id) FROM rectification)
            WHERE id = @confirmed"""
        ],
    ),
    "a status from nowhere": (
        {"accreditation.origin", "accreditation.entered", "accreditation.program", "accreditation.settings"},
        [
            """INSERT INTO accreditation (program, track, edition, party_id, number, year, sequence, region,
                started_on, valid_from, valid_through, next_due_on)
            SELECT 'nowhere', 't', 'e', min(id), 'N1', 2024, 1, '220200', date '2024-01-01',
                date '2024-01-01', date '2026-01-01', date '2024-01-01' FROM party"""
        ],
    ),
    "two statuses of a track at once": (
        {"accreditation.in_force_once", "audit.state", "accreditation.application"},
        [
            "DROP INDEX uq_accreditation_active",
            """UPDATE accreditation a SET party_id = b.party_id, track = b.track, sequence = 2,
            number = 'HB-S-2024-0002' FROM accreditation b
            WHERE a.number = 'HB-Z-2024-0001' AND b.number = 'HB-S-2024-0001'""",
        ],
    ),
    "a number is given a second time, in another writing": (
        {"number.once", "number.own", "audit.state"},
        [
            "DROP INDEX uq_accreditation_number_key",
            """UPDATE accreditation SET number = 'hb–z–2024–0001', sequence = NULL
            WHERE number = 'HB-S-2024-0001'""",
        ],
    ),
    "a user stands in another place of a list": (
        {"user.order"},
        ["UPDATE app_user SET sort_name = 'jia3甲' WHERE id = (SELECT min(id) FROM app_user)"],
    ),
    "a service counts for others than it names": (
        {"record.enterprises"},
        ["UPDATE service_record SET enterprise_keys = enterprise_keys || '{name:虚}' WHERE id = @record"],
    ),
    "a served enterprise is not counted": (
        {"record.enterprises"},
        ["UPDATE service_record SET enterprise_keys = enterprise_keys[2:] WHERE id = @record"],
    ),
    "a party cannot be found": (
        {"party.search"},
        ["UPDATE party SET name = '改名后的机构' WHERE id = (SELECT min(id) FROM party)"],
    ),
    "a party stands in another place of a list": (
        {"party.order"},
        ["UPDATE party SET sort_name = '' WHERE id = (SELECT min(id) FROM party)"],
    ),
    "a party is sorted by the name that it had": (
        {"party.order"},
        ["UPDATE party SET sort_name = 'jia3甲' WHERE id = (SELECT min(id) FROM party)"],
    ),
    "a party is shown under another by hand": (
        {"audit.state", "party.merged"},
        [
            """UPDATE party SET merged_into_id = (SELECT min(id) FROM party)
            WHERE id = (SELECT max(id) FROM party)"""
        ],
    ),
    "two parties are marked as two and merged": (
        {"audit.state", "party.merged", "party.not_same"},
        [
            """INSERT INTO not_same (one_id, other_id, reason, marked_at)
            SELECT min(id), max(id), 'x', now() FROM party""",
            """UPDATE party SET merged_into_id = (SELECT min(id) FROM party)
            WHERE id = (SELECT max(id) FROM party)""",
        ],
    ),
    "a status ends as a duplicate of nothing": (
        {"audit.state", "accreditation.duplicate"},
        ["UPDATE accreditation SET state = 'duplicate', ended_on = started_on WHERE id = @active"],
    ),
    "a status ended with a holder that goes on": (
        {"accreditation.ceased"},
        [
            """UPDATE accreditation SET state = 'ceased'
            WHERE id = (SELECT min(id) FROM accreditation WHERE state IN ('expired', 'withdrawn'))"""
        ],
    ),
    "a party cannot be found by its former name": (
        {"party.former"},
        [
            """INSERT INTO former_value (party_id, field, value, held_until)
            SELECT min(id), 'name', '从前的名称', '2024-03-01' FROM party"""
        ],
    ),
    "a sealed original is shown again": (
        {"redaction.shown"},
        [
            """INSERT INTO redaction (material_id, party_id, kind, reason, filename, content_type, size,
            sha256, copy_filename, copy_content_type, copy_size, copy_sha256, at)
            SELECT m.id, p.party_id, 'secret', '商业秘密', m.filename, m.content_type, m.size, m.sha256,
            'x.pdf', m.content_type, 1, repeat('ab', 32), now() - interval '1 day'
            FROM material_file m JOIN application p ON p.id = m.application_id ORDER BY m.id LIMIT 1"""
        ],
    ),
    "a party has a code whose check digit does not fit": (
        {"audit.state", "party.code"},
        ["UPDATE party SET uscc = left(uscc, 17) || CASE right(uscc, 1) WHEN '1' THEN '2' ELSE '1' END "
         "WHERE id = (SELECT min(id) FROM party WHERE uscc IS NOT NULL)"],
    ),
    "two main contacts": (
        {"party.main_contact"},
        [
            """INSERT INTO membership (party_id, user_id, main)
            SELECT party_id, (SELECT max(id) FROM app_user), true FROM membership WHERE main
            AND user_id <> (SELECT max(id) FROM app_user) LIMIT 1"""
        ],
    ),
}  # fmt: skip
