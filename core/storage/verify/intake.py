"""Invariants of applications: states and decisions, notices and objections, facts and who said them."""

from core.rules.text import T
from core.storage.verify.check import Check

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = ", ".join(str(pow(3, place, 31)) for place in range(17))
UNFIT = f"""strpos('{_SIGNS}', right(p.uscc, 1)) - 1 <> mod(31 - mod((
    SELECT sum((strpos('{_SIGNS}', substr(p.uscc, i, 1)) - 1) * (ARRAY[{_WEIGHTS}])[i])
    FROM generate_series(1, 17) i), 31), 31)"""  # noqa: S608  # constants of this module
"""That the check digit of a party's USCC does not follow from the others (GB 32100)."""

APPLICATIONS = (
    Check(
        "application.decided",
        "application",
        T("状态为 {state}，但没有相应决定", "is {state} without the decision for it"),
        """
        SELECT p.id, p.state FROM application p
        WHERE p.state IN ('accredited', 'approved', 'on_notice', 'agreement', 'rejected') AND NOT EXISTS (
            SELECT FROM decision d WHERE d.application_id = p.id AND NOT EXISTS (
                SELECT FROM decision_correction c
                WHERE c.kind IN ('approval', 'refusal') AND c.subject_id = d.id)
            AND d.kind = CASE p.state WHEN 'rejected' THEN 'rejected' ELSE 'approved' END)
        AND NOT (p.state = 'rejected' AND EXISTS (
            SELECT FROM recommendation r WHERE r.application_id = p.id AND NOT r.positive))""",
    ),
    Check(
        "application.unpublished",
        "application",
        T("状态为公示中，却不在任何公示中", "is on public notice, and stands on no notice"),
        """
        SELECT p.id FROM application p WHERE p.state = 'on_notice' AND NOT EXISTS (
            SELECT FROM notice_item i WHERE i.application_id = p.id AND i.struck_on IS NULL)""",
    ),
    Check(
        "decision.unscored",
        "application",
        T(
            "{asked} 名评审专家中有 {open} 名未完成，却已通过",
            "was approved while {open} of {asked} reviewers had not finished",
        ),
        """
        SELECT p.id, count(r.id) AS asked,
            count(r.id) FILTER (WHERE r.finished_at IS NULL OR r.finished_at > d.at) AS open
        FROM application p
        JOIN decision d ON d.application_id = p.id AND d.kind = 'approved' AND NOT EXISTS (
            SELECT FROM decision_correction c WHERE c.kind = 'approval' AND c.subject_id = d.id)
        JOIN review_assignment r ON r.application_id = p.id AND r.conflict IS NOT TRUE
        WHERE p.state IN ('approved', 'on_notice', 'agreement', 'accredited')
        GROUP BY p.id, d.id
        HAVING bool_or(r.finished_at IS NULL OR r.finished_at > d.at)""",
    ),
    Check(
        "application.accredited",
        "application",
        T("已认定，但名录中没有", "is accredited, and the register does not have it"),
        """
        SELECT p.id FROM application p WHERE p.state = 'accredited' AND NOT EXISTS (
            SELECT FROM accreditation a WHERE a.application_id = p.id AND a.state <> 'annulled')""",
    ),
    Check(
        "application.open_once",
        "party",
        T("{program}/{track} 有 {number} 个在办申请", "has {number} open applications to {program}/{track}"),
        """
        SELECT party_id AS id, program, track, count(*) AS number FROM application
        WHERE state NOT IN ('accredited', 'rejected', 'withdrawn')
        GROUP BY party_id, program, track, call_id HAVING count(*) > 1""",
    ),
    Check(
        "application.objection",
        "application",
        T("异议未处理或成立，申请却已通过", "went on although an objection is open or upheld"),
        """
        SELECT DISTINCT p.id FROM application p
        JOIN notice_item i ON i.application_id = p.id JOIN objection o ON o.notice_item_id = i.id
        WHERE i.struck_on IS NULL AND (p.state IN ('agreement', 'accredited') AND o.state <> 'dismissed'
            OR p.state = 'on_notice' AND o.state = 'upheld')""",
    ),
    Check(
        "redaction.shown",
        "redaction",
        T("已封存，文件处却不是它的副本", "is sealed, and the document does not show its copy"),
        """
        SELECT r.id FROM redaction r
        LEFT JOIN material_file m ON m.id = r.material_id LEFT JOIN attachment a ON a.id = r.attachment_id
        WHERE r.lifted_at IS NULL AND coalesce(m.sha256, a.sha256) <> r.copy_sha256 AND NOT EXISTS (
            SELECT FROM redaction n WHERE n.id > r.id AND n.lifted_at IS NULL
            AND (n.material_id = r.material_id OR n.attachment_id = r.attachment_id))""",
    ),
    Check(
        "application.notice",
        "application",
        T("公示已结束，申请仍在公示", "is still on a notice that was closed"),
        """
        SELECT p.id FROM application p
        JOIN notice_item i ON i.application_id = p.id JOIN public_notice n ON n.id = i.notice_id
        WHERE p.state = 'on_notice' AND n.closed_at IS NOT NULL AND i.struck_on IS NULL""",
    ),
    Check(
        "notice.cut_short",
        "public_notice",
        T("公示至 {closes_on}，却提前结束", "runs until {closes_on}, and was closed before it was over"),
        """
        SELECT id, closes_on FROM public_notice
        WHERE least((closed_at AT TIME ZONE 'Asia/Shanghai')::date, :today) <= closes_on
        AND closed_at IS NOT NULL""",
    ),
    Check(
        "notice.passed_early",
        "application",
        T(
            "公示至 {closes_on}，期满前即已通过",
            "stood on a notice until {closes_on}, and went on before its end",
        ),
        """
        SELECT p.id, max(n.closes_on) AS closes_on FROM application p
        JOIN notice_item i ON i.application_id = p.id JOIN public_notice n ON n.id = i.notice_id
        JOIN audit_event e ON e.subject = 'application' AND e.subject_id = p.id::text
            AND e.changes->'state'->>1 IN ('agreement', 'accredited')
            AND e.at > coalesce((
                SELECT max(c.at) FROM decision_correction c WHERE c.application_id = p.id
            ), '-infinity')
        WHERE i.struck_on IS NULL
        GROUP BY p.id
        HAVING least((min(e.at) AT TIME ZONE 'Asia/Shanghai')::date, :today) <= max(n.closes_on)""",
    ),
    Check(
        "notice.program",
        "public_notice",
        T("公示了其他项目的申请 {application}", "lists application {application} of another programme"),
        """
        SELECT n.id, p.id AS application FROM public_notice n
        JOIN notice_item i ON i.notice_id = n.id JOIN application p ON p.id = i.application_id
        WHERE p.program <> n.program""",
    ),
    Check(
        "decision.snapshot",
        "decision",
        T("没有保存依据的参数、解释或结论", "does not keep the settings and the verdict that it rests on"),
        """
        SELECT id FROM decision
        WHERE NOT settings ?& array['parameters', 'readings'] OR verdict->>'outcome' IS NULL""",
    ),
    Check(
        "facts.effective",
        "application",
        T("有效事实与历次填报不符", "has facts in effect that its statements do not come to"),
        """
        WITH latest AS (
            SELECT DISTINCT ON (application_id, name, provenance) application_id, name, provenance, value
            FROM fact_entry ORDER BY application_id, name, provenance, id DESC
        ), holding AS (
            SELECT DISTINCT ON (application_id, name) application_id, name, value FROM latest
            WHERE value IS NOT NULL AND value <> 'null'::jsonb
            ORDER BY application_id, name,
                array_position(array['derived', 'attested', 'verified', 'claimed'], provenance::text)
        ), folded AS (
            SELECT application_id, jsonb_object_agg(name, value) AS facts FROM holding GROUP BY application_id
        )
        SELECT p.id FROM application p LEFT JOIN folded f ON f.application_id = p.id
        WHERE p.facts <> coalesce(f.facts, '{}'::jsonb)""",
    ),
    Check(
        "party.code",
        "party",
        T(
            "统一社会信用代码 {uscc} 的校验码不符，也没有申请核准",
            "has the USCC {uscc}, whose check digit does not fit, and nobody asked that it be accepted",
        ),
        f"""
        SELECT p.id, p.uscc FROM party p
        WHERE p.uscc IS NOT NULL AND {UNFIT} AND NOT EXISTS (
            SELECT FROM change_request c
            WHERE c.kind = 'number' AND c.party_id = p.id AND c.uscc = p.uscc)""",  # noqa: S608  # as above
    ),
    Check(
        "party.main_contact",
        "party",
        T("有 {number} 个主要联系人", "has {number} main contacts"),
        """
        SELECT party_id AS id, count(*) AS number FROM membership
        WHERE main GROUP BY party_id HAVING count(*) > 1""",
    ),
)
