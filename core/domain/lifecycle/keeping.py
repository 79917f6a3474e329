"""For how long what is kept: of each kind the one day from which its time runs, its length, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.rules.text import T


class Kept(StrEnum):
    """What is kept for a time of its own."""

    CASE = "case"
    RECORDS = "records"
    REFUSED_FILES = "refused_files"
    ABANDONED_FILES = "abandoned_files"
    MESSAGES = "messages"

    @property
    def label(self) -> T:
        """The kind's name for a screen."""
        return RETENTION[self].label

    @property
    def setting(self) -> str:
        """The name of the operational setting that is its length, in months."""
        return f"keep_{self}_months"

    @property
    def is_destroyed(self) -> bool:
        """Whether lists of destruction are drawn up of it; a case is kept, and handed over to the archive."""
        return self is not Kept.CASE


@dataclass(frozen=True, slots=True)
class Retention:
    """How one kind is kept; `months` unless an authority sets another length."""

    label: T
    since: T
    """The one day from which its time runs."""
    months: int
    source: T


_ARCHIVES = T(
    "《机关文件材料归档范围和文书档案保管期限规定》（国家档案局令第 8 号）：定期保管分为 30 年和 10 年",
    "Order No. 8 of the State Archives Administration: what is kept for a term is kept for 30 or 10 years",
)
RETENTION: dict[Kept, Retention] = {
    Kept.CASE: Retention(
        T("认定案卷", "Case files"),
        T("认定终止或决定不予认定之日", "the end of the status, or its refusal"),
        360,
        _ARCHIVES,
    ),
    Kept.RECORDS: Retention(
        T("已终止认定的服务记录及其照片", "Service records of ended statuses, with their photos"),
        T("认定终止之日", "the day on which the status ended"),
        120,
        _ARCHIVES,
    ),
    Kept.REFUSED_FILES: Retention(
        T("不予认定的申请所附文件", "Files of rejected applications"),
        T("作出不予认定决定之日", "the day of the decision"),
        60,
        T(
            "《行政诉讼法》第四十六条：自行政行为作出之日起超过五年的，不予受理",
            "Administrative Litigation Law, art. 46: no suit after five years",
        ),
    ),
    Kept.ABANDONED_FILES: Retention(
        T("未提交或已撤回的申请所附文件", "Files of applications withdrawn or never submitted"),
        T("最后一次填写、上传或提交之日", "the day on which something was last done on it"),
        12,
        T(
            "《个人信息保护法》第十九条、第四十七条：保存期限为处理目的所必要的最短时间，期满删除",
            "Personal Information Protection Law, arts. 19 and 47: no longer than the purpose needs",
        ),
    ),
    Kept.MESSAGES: Retention(
        T("已发出或作废的消息", "Messages sent or discarded"),
        T("消息生成之日", "the day on which it was written"),
        36,
        T(
            "《民法典》第一百八十八条：诉讼时效期间为三年",
            "Civil Code, art. 188: claims lapse after three years",
        ),
    ),
}
