"""The phrases that several modules say, once each."""

from core.rules.text import T

YES, NO = T("是", "yes"), T("否", "no")
NEVER_SO_FAR = T("从未有过", "never")
FILL_IN = T("请填写", "please fill this in")
GIVE_A_NUMBER = T("请填写不小于 0 的数字", "give a number of 0 or more")
NOT_A_CHOICE = T("不在可选项中", "is not one of the choices")
NOT_PRINTABLE = T("含有不可打印的字符", "has characters that cannot be printed")
LOG_IN_FIRST = T("请先登录", "log in first")
RELOAD_TO_RETRY = T("请刷新后重试", "reload and try again")
RELOAD_TO_ACT = T("请刷新后按当前状态办理", "reload, and act on the present state")
SAVED = T("已保存", "Saved")
BY_NAME_OR_CODE = T("名称或统一社会信用代码", "name or USCC")


def at_most_characters(longest: int) -> T:
    """That a text is too long for its place."""
    return T(f"至多 {longest} 字", f"at most {longest} characters")


def choose_from(chinese: str, english: str) -> T:
    """What there is to choose from, listed in both languages."""
    return T(f"可选：{chinese}", f"choose from {english}")


def only_verified(said: T) -> T:
    """The words of a rule that counts verified records alone."""
    return T(f"{said.zh}（只计已核实的记录）", f"{said.en} (verified records alone count)")


BY_ANOTHER = T(
    "请由另一名有权限的人员办理；本单位仅一人的，由上级地区或全国范围内有权限的人员办理",
    "leave it to another who may; where the office has only one, to somebody with that role over the "
    "superior division or the whole country",
)
