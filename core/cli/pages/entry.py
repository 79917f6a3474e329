"""docs/data-entry.md: what is taken and what is refused, as the readers of forms and tables say it."""

from __future__ import annotations

from collections.abc import Iterator

from core.cli.pages.cases import REFUSED, SECTIONS, Section
from core.rules.text import T

HEAD = """# 填写说明 What is taken, and what is refused

由读取程序的测试用例生成（`accredit docs entry`），表单、表格和批量数据用同一套读取程序。
Written from the cases that test the readers (`accredit docs entry`); forms, tables, batches are read alike.

- 写法不同、意思明确的，按其意思读入，并在输入框旁显示（“= 2,000,000 元”）。
  What is written differently and means one thing is taken for it, and said beside the input.
- 可以有两种意思的，不猜测，请填写人写明。
  What can mean two things is asked about, never guessed.
- 表格按表格软件显示的内容读取：公式错误（`#N/A`）、未计算的公式、合并单元格、只显示月日的日期、
  超过 15 位的数字，均指出所在行、列和更正办法。
  Tables are read as a spreadsheet shows them: a failed or uncomputed formula, a merged cell, a date that is
  shown without its year, a number of more than 15 digits are refused by row and column, with the mend.
- 文字列中被表格软件改成日期或时间的内容（`3-5`、`1:2`）不接受：请把该列设为文本格式，再重新输入。
  What a spreadsheet made a date or a time of in a column of texts (`3-5`, `1:2`) is refused: format the
  column as text, and type it again.
- 只读可见的工作表；有几张可以导入时，请写明哪一张。模板以外的列和没有表头的列不读入，隐藏和筛选掉的行
  照常读入，都会写明。
  Only visible sheets are read; where several fit, the one that is meant is asked for. Other columns, and
  those without a head, are left out, hidden and filtered rows are read; all of it is said.
- 已发生的事（成立、处罚、服务、检查、送达、签订、原认定等）的日期晚于当天的，一律指出，填写的内容保留。
  The day of what has happened (a founding, a penalty, a service, an inspection, a notice, an agreement, a
  former status) is never one that is yet to come: it is pointed out, and what was typed stays.
- 表格导入前先核对：逐行列出读入的值、每行的结果和对各项义务的影响，确认后才导入。
  A table is looked at before it is taken: every value as it was read, what becomes of each row, what it does
  to each duty; only what is confirmed is taken.
- 接受 xlsx、ods 和 csv（UTF-8 或 GBK）；旧版 .xls、WPS .et 请另存为 .xlsx；有打开密码的请先去掉密码。
  Taken are xlsx, ods and csv (UTF-8 or GBK); save .xls and .et as .xlsx; take passwords off first.
"""
HEADS = T("填写的内容", "As typed"), T("读作，或为何不接受", "Taken for, or why not")
REFUSAL = T("不接受", "not taken")


def entry_page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for section in SECTIONS for line in _section(section))])


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title.zh} {section.title.en}\n"
    yield f"| {HEADS[0].zh} {HEADS[0].en} | {HEADS[1].zh} {HEADS[1].en} |"
    yield "| --- | --- |"
    for written, _ in section.cases:
        value, told = section.outcome(written)
        why = f"**{REFUSAL.zh} {REFUSAL.en}**：{_safe(told.zh)}<br>{_safe(told.en)}"
        same = _safe(told.zh) if told.zh == told.en else f"{_safe(told.zh)} / {_safe(told.en)}"
        yield f"| `{_shown(written)}` | {why if value is REFUSED else same} |"
    yield ""


def _shown(written: str) -> str:
    """What is written, with what nobody sees named."""
    seen = "".join(sign if sign.isprintable() else f"⟨U+{ord(sign):04X}⟩" for sign in written)
    return _safe(seen)


def _safe(text: str) -> str:
    return text.replace("|", "\\|")
