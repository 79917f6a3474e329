"""Invariants of the register: states and what brought them about, exits and their hearing, bans, messages."""

from core.domain.folding import number_key_sql
from core.domain.messages import PERIOD_BEGINS
from core.rules.text import T
from core.storage.verify.check import Check

STATES = {
    "in_force": ["active", "rectifying"],
    "open": ["proposed", "objected", "held", "confirmed_once"],
    "decided": ["upheld", "overturned"],
    "over": ["dismissed", "overturned"],
    "begin": sorted(PERIOD_BEGINS),
}
"""What the queries name: states of accreditations, of exit cases that wait, took effect or came to nothing;
the messages with which a period begins."""

ACCREDITATIONS = (
    Check(
        "accreditation.decided",
        "accreditation",
        T("没有认定决定", "was never decided: its application has no approval"),
        """
        SELECT a.id FROM accreditation a WHERE a.application_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM decision d WHERE d.application_id = a.application_id AND d.kind = 'approved')""",
    ),
    Check(
        "accreditation.origin",
        "accreditation",
        T("既无申请，也无入库记录", "came neither by an application nor by a recorded entry"),
        """
        SELECT a.id FROM accreditation a WHERE a.application_id IS NULL AND NOT EXISTS (
            SELECT FROM audit_event e
            WHERE e.subject = 'accreditation' AND e.subject_id IN (a.id::text, '*'))""",
    ),
    Check(
        "accreditation.application",
        "accreditation",
        T("与其申请的主体、类别或状态不符", "does not fit its application's party, track or state"),
        """
        SELECT a.id FROM accreditation a JOIN application p ON p.id = a.application_id
        WHERE (p.state <> 'accredited' AND a.state <> 'annulled')
        OR (a.party_id, a.program, a.track) <> (p.party_id, p.program, p.track)""",
    ),
    Check(
        "number.once",
        "accreditation",
        T(
            "编号 {number} 与 {other} 实为同一编号",
            "has the number {number}, which is {other} written otherwise",
        ),
        # The index holds it, but for what an earlier version took in twice; only then is anything to be read.
        f"""
        SELECT a.id, a.number, b.number AS other FROM accreditation a
        JOIN accreditation b ON {number_key_sql("b.number")} = {number_key_sql("a.number")} AND b.id < a.id
        WHERE (SELECT coalesce(bool_or(indpred IS NULL), false) FROM pg_index
            WHERE indexrelid = to_regclass('uq_accreditation_number_key')) IS FALSE""",  # noqa: S608  # columns
    ),
    Check(
        "accreditation.annulled",
        "accreditation",
        T("因更正失效，但没有更正记录", "is void by a correction that nobody made"),
        """
        SELECT a.id FROM accreditation a WHERE a.state = 'annulled' AND NOT EXISTS (
            SELECT FROM decision_correction c
            WHERE c.kind IN ('approval', 'inclusion') AND c.accreditation_id = a.id)""",
    ),
    Check(
        "accreditation.followed",
        "accreditation",
        T(
            "由 {number} 接续而终止，而该认定已更正无效",
            "gave way to {number}, which is void by a correction",
        ),
        """
        SELECT a.id, n.number FROM accreditation a
        JOIN accreditation n ON (n.party_id, n.program, n.track) = (a.party_id, a.program, a.track)
            AND n.started_on = a.ended_on AND n.id <> a.id AND n.state = 'annulled'
        WHERE a.state = 'expired' AND a.ended_on <= a.valid_through AND NOT EXISTS (
            SELECT FROM accreditation o JOIN party p ON p.id = o.party_id JOIN party q ON q.id = a.party_id
            WHERE coalesce(p.merged_into_id, p.id) = coalesce(q.merged_into_id, q.id)
            AND (o.program, o.track) = (a.program, a.track) AND o.id <> a.id
            AND o.state <> 'annulled' AND o.started_on >= a.ended_on)""",
    ),
    Check(
        "accreditation.settings",
        "accreditation",
        T("没有保存认定时的参数和解释", "does not keep the settings it was granted under"),
        """SELECT id FROM accreditation WHERE NOT settings ?& array['parameters', 'readings']""",
    ),
    Check(
        "accreditation.entered",
        "accreditation",
        T(
            "时间线上没有 {started_on} 的认定",
            "has no entry into the register on {started_on} in its timeline",
        ),
        """
        SELECT a.id, a.started_on FROM accreditation a WHERE NOT EXISTS (
            SELECT FROM register_event e
            WHERE e.accreditation_id = a.id AND e.kind = 'accredited' AND e.happened_on = a.started_on)""",
    ),
    Check(
        "accreditation.in_force_once",
        "party",
        T(
            "{program}/{track} 有 {number} 个有效认定",
            "holds {number} accreditations of {program}/{track} at once",
        ),
        """
        SELECT coalesce(p.merged_into_id, p.id) AS id, a.program, a.track, count(*) AS number
        FROM accreditation a JOIN party p ON p.id = a.party_id
        WHERE a.state = ANY(:in_force) GROUP BY 1, a.program, a.track HAVING count(*) > 1""",
    ),
    Check(
        "accreditation.revoked",
        "accreditation",
        T("已撤销，但没有条款 {clause} 的成立案件", "is revoked without an upheld case under {clause}"),
        """
        SELECT a.id, a.ended_clause AS clause FROM accreditation a WHERE a.state = 'revoked' AND NOT EXISTS (
            SELECT FROM exit_case c
            WHERE c.accreditation_id = a.id AND c.state = 'upheld' AND c.clause = a.ended_clause)""",
    ),
    Check(
        "accreditation.expired",
        "accreditation",
        T(
            "已到期，但时间线或终止日期不符",
            "is expired, which its timeline or its last day does not bear out",
        ),
        """
        SELECT a.id FROM accreditation a WHERE a.state = 'expired' AND (
            a.ended_on > a.valid_through + 1 OR NOT EXISTS (
                SELECT FROM register_event e
                WHERE e.accreditation_id = a.id
                AND e.kind IN ('expired', 'exit_overturned', 'separated', 'restored')))""",
    ),
    Check(
        "accreditation.withdrawn",
        "accreditation",
        T("已退出，但时间线上没有当日的退出", "is withdrawn, and its timeline does not say so on that day"),
        """
        SELECT a.id FROM accreditation a WHERE a.state = 'withdrawn' AND NOT EXISTS (
            SELECT FROM register_event e
            WHERE e.accreditation_id = a.id AND e.kind = 'withdrawn' AND e.happened_on = a.ended_on)""",
    ),
    Check(
        "accreditation.duplicate",
        "accreditation",
        T(
            "按重复登记终止，但时间线或主体的合并不符",
            "is ended as a duplicate, which its timeline or a merger of its party does not bear out",
        ),
        """
        SELECT a.id FROM accreditation a
        WHERE a.state = 'duplicate' AND (NOT EXISTS (
            SELECT FROM register_event e
            WHERE e.accreditation_id = a.id AND e.kind = 'duplicate' AND e.happened_on = a.ended_on)
        OR NOT EXISTS (SELECT FROM merger m WHERE a.party_id IN (m.kept_id, m.merged_id)))""",
    ),
    Check(
        "accreditation.ceased",
        "accreditation",
        T(
            "因主体终止失效，但主体未终止，或时间线上没有",
            "ended with a holder that goes on, or its timeline does not say so",
        ),
        """
        SELECT a.id FROM accreditation a JOIN party p ON p.id = a.party_id WHERE a.state = 'ceased' AND (
            p.closed_on IS NULL OR NOT EXISTS (
                SELECT FROM register_event e WHERE e.accreditation_id = a.id AND e.kind = 'ceased'))""",
    ),
    Check(
        "accreditation.rectifying",
        "accreditation",
        T("整改中，但没有未结的整改或案件", "is under rectification without an open order or case"),
        """
        SELECT a.id FROM accreditation a WHERE a.state = 'rectifying'
        AND NOT EXISTS (SELECT FROM rectification r WHERE r.accreditation_id = a.id AND r.state = 'open')
        AND NOT EXISTS (
            SELECT FROM exit_case c WHERE c.accreditation_id = a.id AND c.state = ANY(:open))""",
    ),
    Check(
        "accreditation.due",
        "accreditation",
        T("下次检查日缺失或晚于到期日次日", "has no next due day, or one after the end of its term"),
        """
        SELECT id FROM accreditation
        WHERE state = ANY(:in_force) AND (next_due_on IS NULL OR next_due_on > valid_through + 1)""",
    ),
    Check(
        "extension.applied",
        "accreditation",
        T(
            "延续至 {through} 已获同意但未生效",
            "was granted an extension through {through} that is not in effect",
        ),
        """
        SELECT a.id, x.new_valid_through AS through
        FROM extension_request x JOIN accreditation a ON a.id = x.accreditation_id
        WHERE x.state = 'granted' AND (a.valid_through < x.new_valid_through OR NOT EXISTS (
            SELECT FROM register_event e WHERE e.accreditation_id = a.id AND e.kind = 'extended'))""",
    ),
    Check(
        "number.sequence",
        "certificate numbers",
        T("{number} 个编号，最大序号却是 {last}", "{number} numbers, but the last in the sequence is {last}"),
        """
        SELECT concat_ws('/', program, track, year) AS id, count(sequence) AS number, max(sequence) AS last
        FROM accreditation GROUP BY program, track, year HAVING max(sequence) <> count(sequence)
        AND NOT EXISTS (  -- of an older series not every number need be taken in
            SELECT FROM taken_in t JOIN accreditation o ON o.id = t.accreditation_id
            WHERE (o.program, o.track) = (accreditation.program, accreditation.track))""",
    ),
    Check(
        "number.own",
        "accreditation",
        T("编号不在本系统的序列中，也不是导入的", "has no place in its series, and was not taken in"),
        """
        SELECT a.id FROM accreditation a WHERE a.sequence IS NULL AND NOT EXISTS (
            SELECT FROM taken_in t WHERE t.accreditation_id = a.id)""",
    ),
    Check(
        "taken_in.before",
        "accreditation",
        T("导入日期早于认定日期", "was taken in before it began"),
        """
        SELECT a.id FROM accreditation a JOIN taken_in t ON t.accreditation_id = a.id
        WHERE t.taken_on < a.started_on""",
    ),
    Check(
        "number.year",
        "accreditation",
        T("编号年份 {year} 与起始日期 {started_on} 不符", "is numbered in {year} and began on {started_on}"),
        """
        SELECT id, year, started_on FROM accreditation WHERE year <> extract(year FROM started_on)""",
    ),
)

EXITS = (
    Check(
        "exit.ends_status",
        "exit_case",
        T("案件成立，但认定未撤销", "is upheld, and the accreditation is not revoked"),
        """
        SELECT c.id FROM exit_case c JOIN accreditation a ON a.id = c.accreditation_id
        WHERE c.state = 'upheld' AND a.state <> 'revoked'""",
    ),
    Check(
        "exit.event",
        "exit_case",
        T("案件成立，但时间线上没有撤销", "is upheld, and the timeline has no revocation"),
        """
        SELECT c.id FROM exit_case c WHERE c.state = ANY(:decided) AND NOT EXISTS (
            SELECT FROM register_event e
            WHERE e.accreditation_id = c.accreditation_id AND e.kind = 'revoked'
            AND e.clause = c.clause AND e.period = c.period)""",
    ),
    Check(
        "exit.heard",
        "exit_case",
        T(
            "未提异议，而未告知、异议期未满或截止日未定即作出决定；或有异议、要求人工决定却自动生效",
            "took effect without a full hearing: before the time to object was over, or by itself against a "
            "party's word",
        ),
        """
        SELECT id FROM exit_case WHERE state = ANY(:decided) AND NOT coalesce(
            CASE WHEN mode = 'automatic' AND (first_officer_id IS NULL OR second_officer_id IS NULL)
                THEN objected_on IS NULL AND NOT human_requested AND decided_on > objection_until
                ELSE objected_on IS NOT NULL OR decided_on > objection_until END, false)""",
    ),
    Check(
        "exit.two_officers",
        "exit_case",
        T("须两名不同人员确认，实际不足", "was not confirmed by two different officers"),
        """
        SELECT id FROM exit_case WHERE state = ANY(:decided) AND mode = 'confirm'
        AND coalesce(first_officer_id = second_officer_id, true)""",
    ),
    Check(
        "exit.told",
        "exit_case",
        T("告知日期早于提出日期", "was told before it was proposed"),
        "SELECT id FROM exit_case WHERE told_on < proposed_on",
    ),
    Check(
        "exit.due",
        "exit_case",
        T("异议期满后不会再被检查", "will not be looked at when its time to object is over"),
        """
        SELECT c.id FROM exit_case c JOIN accreditation a ON a.id = c.accreditation_id
        WHERE c.state = 'proposed' AND c.mode = 'automatic' AND NOT c.human_requested
        AND c.objected_on IS NULL
        AND c.objection_until IS NOT NULL
        AND NOT EXISTS (SELECT FROM pending_decision p WHERE p.exit_case_id = c.id AND p.state = 'waiting')
        AND coalesce(a.next_due_on > greatest(c.objection_until, :today) + 1, true)""",
    ),
    Check(
        "exit.ban",
        "exit_case",
        T(
            "应有 {years} 年禁止申请，缺失或期限不符",
            "calls for a ban of {years} years that is missing or differs",
        ),
        """
        SELECT c.id, c.ban_years AS years FROM exit_case c JOIN accreditation a ON a.id = c.accreditation_id
        WHERE c.state = ANY(:decided) AND c.ban_years > 0 AND NOT EXISTS (
            SELECT FROM ban b WHERE b.exit_case_id = c.id
            AND (b.party_id, b.program) = (a.party_id, a.program) AND b.starts_on = c.decided_on
            AND b.through = (c.decided_on + make_interval(years => c.ban_years))::date)""",
    ),
    Check(
        "ban.case",
        "ban",
        T("案件不成立或已推翻，禁止申请仍有效", "stands, and its exit case does not"),
        """
        SELECT b.id FROM ban b JOIN exit_case c ON c.id = b.exit_case_id
        WHERE c.state <> 'upheld' AND b.lifted_on IS NULL""",
    ),
    Check(
        "exit.message",
        "exit_case",
        T("没有发给当事人的告知", "has no message to the party"),
        """
        SELECT c.id FROM exit_case c WHERE NOT EXISTS (
            SELECT FROM outbox_message m WHERE m.exit_case_id = c.id AND m.event = 'exit.proposed')""",
    ),
    Check(
        "exit.message_of_end",
        "exit_case",
        T("撤销后没有通知当事人", "ended the status without a message to the party"),
        """
        SELECT c.id FROM exit_case c WHERE c.state = ANY(:decided) AND NOT EXISTS (
            SELECT FROM outbox_message m
            WHERE m.exit_case_id = c.id AND m.event IN ('exit.upheld', 'exit.revoked'))""",
    ),
    Check(
        "warning.message",
        "register_event",
        T("警告没有发给当事人", "is a warning without a message to the party"),
        """
        SELECT e.id FROM register_event e WHERE e.kind = 'warning' AND NOT e.evidence ? 'taken_in'
        AND NOT EXISTS (
            SELECT FROM outbox_message m WHERE m.accreditation_id = e.accreditation_id AND m.event = 'warning'
            AND m.key = concat_ws('/', 'warning', e.accreditation_id, e.clause, e.period))""",
    ),
    Check(
        "message.discarded",
        "outbox_message",
        T("期限由此开始，却已作废", "begins a period, and was discarded"),
        """
        SELECT m.id FROM outbox_message m WHERE m.state = 'discarded' AND m.event = ANY(:begin)
        AND NOT EXISTS (SELECT FROM exit_case c WHERE c.id = m.exit_case_id AND c.state = ANY(:over))""",
    ),
    Check(
        "event.once",
        "accreditation",
        T(
            "{kind} {clause} {period} 记录了 {number} 次",
            "has {kind} {clause} {period} {number} times in its timeline",
        ),
        """
        SELECT accreditation_id AS id, kind, clause, period, count(*) AS number FROM register_event
        GROUP BY accreditation_id, kind, clause, period HAVING count(*) > 1""",
    ),
    Check(
        "event.future",
        "register_event",
        T("时间线上 {happened_on} 的 {kind} 尚未到来", "is {kind} on {happened_on}, a day yet to come"),
        """
        SELECT e.id, e.kind, e.happened_on FROM register_event e WHERE e.happened_on > :today
        AND NOT (e.kind = 'accredited' AND EXISTS (  -- an agreement may begin later than it is signed
            SELECT FROM accreditation a JOIN agreement g ON g.application_id = a.application_id
            WHERE a.id = e.accreditation_id AND g.valid_from = e.happened_on))""",
    ),
    Check(
        "part.accreditation",
        "{what}",
        T("与所引用的记录不属于同一认定", "refers to a part of another accreditation"),
        """
        SELECT 'exit_case' AS what, c.id FROM exit_case c JOIN finding f ON f.id = c.finding_id
        WHERE f.accreditation_id <> c.accreditation_id
        UNION ALL
        SELECT 'exit_case', c.id FROM exit_case c JOIN rectification r ON r.id = c.rectification_id
        WHERE r.accreditation_id <> c.accreditation_id
        UNION ALL
        SELECT 'finding', f.id FROM finding f JOIN service_record s ON s.id = f.service_record_id
        WHERE s.accreditation_id <> f.accreditation_id
        UNION ALL
        SELECT 'outbox_message', m.id FROM outbox_message m JOIN exit_case c ON c.id = m.exit_case_id
        WHERE m.accreditation_id <> c.accreditation_id""",
    ),
)
