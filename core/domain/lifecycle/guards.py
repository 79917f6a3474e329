"""What must hold before a move of the lifecycle, each with the reason that is given where it does not."""

from enum import StrEnum

from core.rules.phrases import BY_ANOTHER
from core.rules.text import T


class Guard(StrEnum):
    """A fact of the case that a service looks up before it makes a move."""

    WINDOW_OPEN = "window_open"
    FUNCTIONS_OPEN = "functions_open"
    """The call takes every service function that is claimed."""
    NOT_BARRED = "not_barred"
    """Nothing that is claimed fails a condition under which the text says that one cannot apply."""
    NOT_BANNED = "not_banned"
    NONE_IN_FORCE = "none_in_force"
    """No accreditation of this track is in force, save in its final year where the text says so."""
    MATERIALS_COMPLETE = "materials_complete"
    PARTY_VERIFIED = "party_verified"
    MOBILE_GIVEN = "mobile_given"
    REASON_GIVEN = "reason_given"
    SECOND_PERSON = "second_person"
    """Who corrects a decision has not taken it."""
    REFUSED = "refused"
    """The authority rejected it, and not its recommender."""
    DECLINED = "declined"
    """Its recommender declined it."""
    REVIEWED = "reviewed"
    """It went through the stages of an application."""
    INCLUDED = "included"
    """It was included by a table."""
    REVIEW_NOT_BEGUN = "review_not_begun"
    """The authority has asked no reviewer yet."""
    APPROVAL_CORRECTED = "approval_corrected"
    """The approval that the status came from was corrected."""
    NONE_OPEN = "none_open"
    """The party has no other open application to the programme under the call."""
    NOT_OWN = "not_own"
    """The person who acts is no member of the party, and a recommending body is not the party."""
    RECOMMENDER_FIT = "recommender_fit"
    """Whom it goes through may recommend the party: as the body of its territory, or by its list."""
    ANOTHER_RECOMMENDER = "another_recommender"
    """Somebody who has not declined it may recommend it."""
    RECOMMENDATION_OPEN = "recommendation_open"
    RECOMMENDATION_COMPLETE = "recommendation_complete"
    PAPERS_CHECKED = "papers_checked"
    """The paper copy is registered and each paper was found in order, where the text asks for that."""
    PANEL_SCORED = "panel_scored"
    """Everyone who was asked to review has; where the procedure has scores, somebody was asked."""
    VERDICT_ALLOWS = "verdict_allows"
    """Eligible, every judgement made and every waiver given a reason."""
    GAPS_EXPLAINED = "gaps_explained"
    """What was left open (files not examined, facts not judged, reviewers too near) has its reason."""
    QUOTA_LEFT = "quota_left"
    """The call has not approved as many as it announced."""
    NOTICE_PUBLISHED = "notice_published"
    """The application stands on a notice."""
    NOTICE_OVER = "notice_over"
    NO_OPEN_OBJECTION = "no_open_objection"
    OBJECTION_UPHELD = "objection_upheld"
    AGREEMENT_DATED = "agreement_dated"
    SEALED_TABLE = "sealed_table"
    DEADLINE_SET = "deadline_set"
    """The order that is given has a day to come as its deadline."""
    RECTIFICATION_OPEN = "rectification_open"
    """An order is open, or the exit case about one that failed."""
    RECTIFICATION_ACCEPTED = "rectification_accepted"
    """No order is open, nor the exit case about one that failed."""
    TERM_OVER = "term_over"
    TERM_RUNNING = "term_running"
    EXIT_DECIDED = "exit_decided"
    """An exit case of this accreditation has taken effect: by two officers, or by itself where it may."""
    EXTENSION_WINDOW = "extension_window"
    """The party has asked within the time for it, about the term that the accreditation has."""
    APPEAL_UPHELD = "appeal_upheld"
    """The revocation was overturned on appeal, and no other one stands."""
    NO_NEWER = "no_newer"
    """The party holds no other accreditation of the track in force."""
    SUCCESSION = "succession"
    """The text lets the holder apply again in its final year, and what it was given then takes over."""
    NOT_LEFT = "not_left"
    """The party had not withdrawn before the revocation."""
    CEASED_BEFORE = "ceased_before"
    """Its holder was no more before it was revoked."""
    LEFT_BEFORE = "left_before"
    ENDED_MEANWHILE = "ended_meanwhile"
    """The term is over, or a newer accreditation of the track is in force."""
    HELD_TWICE = "held_twice"
    """The party, registered twice, holds another accreditation of the track in force."""
    END_FALLEN = "end_fallen"
    """What the status ended by was corrected: what followed it is void, or it was not given back."""

    @property
    def reason(self) -> T:
        """What is said where it does not hold, and what to do."""
        return _REASONS[self]


_REASONS = {
    Guard.WINDOW_OPEN: T(
        "不在申报期内；请查看申报通知的起止时间",
        "applications are not taken now; see the dates of the call",
    ),
    Guard.FUNCTIONS_OPEN: T(
        "本次申报不受理所报的服务类别；请查看申报通知",
        "the call does not take the function that is applied for; see the call",
    ),
    Guard.NOT_BARRED: T(
        "按政策文本暂不能申报；请查看该条款，情形消除后再申报",
        "the text says that one cannot apply so; see the clause, and apply once it no longer holds",
    ),
    Guard.NOT_BANNED: T(
        "仍在禁止申报期内；请于期满后申报",
        "a ban on new applications is running; apply after it has ended",
    ),
    Guard.NONE_IN_FORCE: T(
        "该类别的认定仍在有效期内；请于到期后或规定的年度申报",
        "an accreditation of this track is in force; apply when it ends, or in the year the text names",
    ),
    Guard.MATERIALS_COMPLETE: T(
        "必交材料不齐；请补齐后提交", "required materials are missing; add them, then submit"
    ),
    Guard.PARTY_VERIFIED: T(
        "主体尚未核验；请先完成账号和企业核验", "the party is not verified; have the account verified first"
    ),
    Guard.MOBILE_GIVEN: T(
        "未填写有效手机号码；请填写以便短信通知",
        "no valid mobile number; give one, since the result is sent as a text message",
    ),
    Guard.REASON_GIVEN: T("未写明理由；请填写", "no reason is given; write one"),
    Guard.SECOND_PERSON: T(
        f"作出该决定的人员不能自行更正；{BY_ANOTHER.zh}",
        f"who took the decision cannot correct it; {BY_ANOTHER.en}",
    ),
    Guard.REFUSED: T(
        "不予推荐由推荐单位作出；请更正不予推荐",
        "its recommender declined it; correct that instead",
    ),
    Guard.DECLINED: T(
        "不是推荐单位不予推荐的申请；请更正不予认定决定",
        "no recommender declined it; correct the refusal instead",
    ),
    Guard.REVIEWED: T(
        "该申请为直接纳入；请更正直接纳入", "it was included directly; correct the inclusion instead"
    ),
    Guard.INCLUDED: T(
        "该申请不是直接纳入的；请更正通过决定",
        "it was not included directly; correct the approval instead",
    ),
    Guard.REVIEW_NOT_BEGUN: T(
        "认定机关已指派评审专家，推荐不能收回；由认定机关作出决定",
        "the authority has asked reviewers; the recommendation stays, and the authority decides",
    ),
    Guard.APPROVAL_CORRECTED: T(
        "认定所依据的决定未经更正；请先更正该决定",
        "the approval that it came from stands; correct that first",
    ),
    Guard.NONE_OPEN: T(
        "该主体在本次申报中另有在办的申请；请先办结或撤回",
        "the party has another open application under the call; finish or withdraw that first",
    ),
    Guard.NOT_OWN: T(
        "不得办理本单位的申请；请由其他人员或单位办理",
        "nobody decides on a party of their own; leave it to someone else",
    ),
    Guard.RECOMMENDER_FIT: T(
        "所选推荐单位不能推荐该主体（不在其名单内，或已停止推荐）；请改选推荐单位",
        "the recommender may not recommend the party: it is not on its list, or recommends no more; choose"
        " another",
    ),
    Guard.ANOTHER_RECOMMENDER: T(
        "没有其他可以推荐该主体的推荐单位，或所选单位已不予推荐；请另选",
        "no other recommender may recommend the party, or the one chosen has declined it; choose another",
    ),
    Guard.RECOMMENDATION_OPEN: T(
        "推荐期限已过；请联系认定机关", "the time to recommend is over; ask the authority"
    ),
    Guard.RECOMMENDATION_COMPLETE: T(
        "推荐表未填完整；请填写后推荐", "the recommendation form is incomplete; fill it in first"
    ),
    Guard.PAPERS_CHECKED: T(
        "资料合规性审核未完成；请登记纸质材料并逐项审核",
        "the papers are not checked; register the paper copy, and check each item",
    ),
    Guard.PANEL_SCORED: T(
        "评审专家尚未全部完成评审；请等待或重新指派",
        "not every reviewer has finished; wait, or assign others",
    ),
    Guard.VERDICT_ALLOWS: T(
        "尚有条件未满足、未判定或未说明放宽理由；请逐项处理",
        "conditions are not met, not judged, or waived without a reason; settle each of them",
    ),
    Guard.GAPS_EXPLAINED: T(
        "有未办事项而未说明理由；请逐项办理，或写明理由",
        "something is left open without a reason; settle each item, or say why",
    ),
    Guard.QUOTA_LEFT: T(
        "本次申报的名额已满；请比较排序，或先调整名额",
        "the call's quota is used up; compare the ranking, or change the quota first",
    ),
    Guard.NOTICE_PUBLISHED: T("尚未发布公示；请先发布", "no notice of it is published; publish one first"),
    Guard.NOTICE_OVER: T("公示期未满；请于期满后办理", "the notice is still running; wait for its end"),
    Guard.NO_OPEN_OBJECTION: T("尚有未处理的异议；请先作出处理", "an objection is open; decide it first"),
    Guard.OBJECTION_UPHELD: T(
        "没有成立的异议；公示期间仅可因异议成立不予认定",
        "no objection was upheld; only that ends an application on notice",
    ),
    Guard.AGREEMENT_DATED: T("未登记协议起止日期；请填写", "the agreement's dates are missing; record them"),
    Guard.SEALED_TABLE: T(
        "未附加盖公章的汇总表扫描件；请上传", "the sealed scan of the summary table is missing; upload it"
    ),
    Guard.DEADLINE_SET: T("未设定今后的整改期限；请填写", "the order has no deadline to come; set one"),
    Guard.RECTIFICATION_OPEN: T(
        "没有未办结的整改；请先责令整改", "no rectification is open; order one first"
    ),
    Guard.RECTIFICATION_ACCEPTED: T(
        "整改结果尚未通过；请先审核", "no good result of the rectification is recorded; examine it first"
    ),
    Guard.TERM_OVER: T(
        "有效期未满；到期次日自动办理", "the term is still running; it expires the day after its end"
    ),
    Guard.TERM_RUNNING: T("有效期已届满；请按到期办理", "the term is over; let it end by its term"),
    Guard.EXIT_DECIDED: T(
        "没有已生效的退出决定；请先办理退出程序", "no exit case has taken effect; bring it to its end first"
    ),
    Guard.EXTENSION_WINDOW: T(
        "不在可申请延续的期间；请按规定期间提出，或重新申报",
        "an extension cannot be asked for now; ask within its time, or apply anew",
    ),
    Guard.APPEAL_UPHELD: T(
        "没有成立的申诉，或另有撤销决定；请先作出处理",
        "no appeal was upheld, or another revocation stands; decide it first",
    ),
    Guard.NO_NEWER: T(
        "已有新的认定在有效期内；请办理新的认定",
        "a newer accreditation of this track is in force; go on with that one",
    ),
    Guard.SUCCESSION: T(
        "该类别已有有效认定；请于到期后办理", "an accreditation of this track is in force; wait for its end"
    ),
    Guard.NOT_LEFT: T(
        "撤销前已主动退出；请按退出办理", "the party had withdrawn before; let it end by its withdrawal"
    ),
    Guard.CEASED_BEFORE: T(
        "撤销前主体并未终止；请按有效期办理", "its holder had not ended before; go by its term"
    ),
    Guard.LEFT_BEFORE: T(
        "撤销前没有主动退出；请按有效期办理", "the party had not withdrawn before; go by its term"
    ),
    Guard.ENDED_MEANWHILE: T(
        "有效期未满，也没有新的认定；请恢复认定",
        "the term is running and no newer accreditation is in force; reinstate it",
    ),
    Guard.HELD_TWICE: T(
        "同类别没有另一项有效认定；请先合并主体",
        "no other accreditation of the track is in force; merge the parties first",
    ),
    Guard.END_FALLEN: T(
        "终止的原因未经更正；请先更正接续认定的通过决定，或退出登记",
        "what ended it stands; correct the approval of what followed, or the withdrawal",
    ),
}
