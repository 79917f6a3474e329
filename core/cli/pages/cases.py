"""What people write, and what it is taken for: the cases of docs/data-entry.md, which the tests hold true."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from core.domain import identifiers, reading
from core.domain.errors import MalformedError
from core.domain.folding import repaired
from core.domain.identifiers.telephones import telephones
from core.domain.quantities import DAYS, HOURS, MONEY, SHARE, WORKING_DAYS, said
from core.domain.reading import why_not_past
from core.rules.phrases import NO, YES
from core.rules.text import T
from core.services.diary.served import as_written, read_served, several, unquoted
from core.services.files.books.cells import Unreadable
from core.services.files.books.number_formats import displayed

TEN_THOUSAND = 10_000
REFUSED = None
"""What a case expects of a text that is refused or asked about."""

Case = tuple[str, Any]
"""What is written, and its value."""


@dataclass(frozen=True, slots=True)
class Section:
    """What is written in one kind of place."""

    title: T
    read: Callable[[str], Any]
    """Raises MalformedError for what is not taken."""
    cases: Sequence[Case]
    unit: str = ""
    """Of numbers, by its Chinese word."""

    def outcome(self, written: str) -> tuple[Any, T]:
        """The value of what is written, `REFUSED` for none, and how the page tells it."""
        try:
            value = self.read(written)
        except MalformedError as error:
            return REFUSED, error.text
        return value, _told(value, self.unit)


def _told(value: object, unit: str) -> T:
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int | Decimal):
        return said(value, unit)
    return T(str(value), str(value))


def _cell(written: str) -> object:
    """A cell that is told as its number and its format."""
    kept, _, form = written.partition(" | ")
    found = displayed(Decimal(kept), form)
    if isinstance(found, Unreadable):
        raise found.error
    return found


def _served(written: str) -> str:
    """An enterprise as a table of the product names it."""
    name, code = read_served(written)
    doubt = several(name, code)
    if doubt is not None:
        raise MalformedError(doubt)
    return as_written({"name": unquoted(name), "uscc": code and identifiers.uscc(code)})


def _past(written: str) -> date:
    """The day of what has happened by `DAY`, as forms and tables read it."""
    found = reading.day(written)
    why = why_not_past(found, DAY)
    if why is not None:
        raise MalformedError(why)
    return found


DAY = date(2024, 2, 9)
SECTIONS = (
    Section(
        T("金额（元）", "Money (CNY)"),
        partial(reading.number, unit=MONEY),
        [
            *(
                (text, 2_000_000)
                for text in ("2,000,000", "２，０００，０００", "2 000 000", "200万", "200万元")
            ),
            ("¥2,000,000", 2_000_000),
            ("人民币200万元", 2_000_000),
            ("0.02亿", 2_000_000),
            ("1 800 000", 1_800_000),
            ("200\u200b万", 2_000_000),
            ("12,34", REFUSED),
            ("约200万", REFUSED),
            ("80家", REFUSED),
        ],
        MONEY,
    ),
    Section(
        T("表头为“万元”的金额", "Money under a head that counts in ten thousands"),
        partial(reading.number, unit=MONEY, scale=TEN_THOUSAND),
        [("200", 2_000_000), ("200万元", 2_000_000), ("2000000元", 2_000_000), ("200万", REFUSED)],
        MONEY,
    ),
    Section(
        T("数量", "Counts"),
        partial(reading.whole, unit="家"),
        [("80", 80), ("80家", 80), ("８０户", 80), ("1.2万家", 12_000), ("80.5", REFUSED), ("80人", REFUSED)],
        "家",
    ),
    Section(
        T("天数", "Number of days"),
        partial(reading.whole, unit=DAYS),
        [("20", 20), ("20天", 20), ("\u200e20 日", 20), ("20 days", 20), ("20个工作日", REFUSED)],
        DAYS,
    ),
    Section(
        T("工作日数", "Number of working days"),
        partial(reading.whole, unit=WORKING_DAYS),
        [("5", 5), ("5个工作日", 5), ("5 working days", 5), ("5天", REFUSED)],
        WORKING_DAYS,
    ),
    Section(
        T("百分比", "Percentages"),
        reading.percent,
        [
            ("92", 92),
            ("92%", 92),
            ("92％", 92),
            ("0.95%", Decimal("0.95")),
            ("0", 0),
            ("100%", 100),
            ("0.95", REFUSED),
            ("1", REFUSED),
            ("101", REFUSED),
        ],
        SHARE,
    ),
    Section(
        T("小时", "Hours"),
        partial(reading.number, unit=HOURS),
        [
            ("2", 2),
            ("2小时", 2),
            ("1.5h", Decimal("1.5")),
            ("1:30", Decimal("1.5")),
            ("1小时30分", Decimal("1.5")),
            ("90分钟", Decimal("1.5")),
            ("1:60", REFUSED),
            ("一小时", REFUSED),
        ],
        HOURS,
    ),
    Section(
        T("日期", "Dates"),
        reading.day,
        [
            *((text, DAY) for text in ("2024-02-09", "2024.2.9", "2024/2/9", "20240209", "2024年2月9日")),
            ("2024年2月9号", DAY),
            ("２０２４－２－９", DAY),
            ("2024–2–9", DAY),
            ("2024‑02‑09", DAY),
            ("2024\u200b-2-9", DAY),
            ("2024-02-09 09:30", DAY),
            ("45331", DAY),
            ("9/2/2024", REFUSED),
            ("24-2-9", REFUSED),
            ("2024-2-30", REFUSED),
            ("2024年2月", REFUSED),
        ],
    ),
    Section(
        T("已发生的事的日期（填写当天为 2024-02-09）", "Days of what has happened (today being 2024-02-09)"),
        _past,
        [
            ("2024-02-09", DAY),
            ("2023年12月31日", date(2023, 12, 31)),
            ("2024-02-10", REFUSED),
            ("2042-02-09", REFUSED),
        ],
    ),
    Section(
        T("是或否", "Yes or no"),
        reading.yes_no,
        [
            ("是", True),
            ("有", True),
            ("√", True),
            ("Yes", True),
            ("否", False),
            ("无", False),
            ("×", False),
            ("x", REFUSED),
        ],
    ),
    Section(
        T("名称", "Names"),
        repaired,
        [
            ("  某某 服务\n中心 ", "某某 服务 中心"),
            ("⻓江\u200b中心", "长江中心"),
            ("⽂化\u00ad公司", "文化公司"),
        ],
    ),
    Section(
        T("服务企业（名称|代码）", "Enterprises served (name|code)"),
        _served,
        [
            ("甲公司", "甲公司"),
            ("“甲、乙中心”", "“甲、乙中心”"),
            ("“小巨人”服务中心", "“小巨人”服务中心"),
            ("Foo Co., Ltd.", "Foo Co., Ltd."),
            ("International Trading Group 2024", "International Trading Group 2024"),
            *(
                (text, "甲公司|91350100M000100Y43")
                for text in (
                    "甲公司|91350100M000100Y43",
                    "甲公司 91350100M000100Y43",
                    "甲公司\t91350100m000100y43",
                    "甲公司\u300091350100M000100Y43",
                    "甲公司（91350100M000100Y43）",
                    "甲公司（统一社会信用代码：91350100M000100Y43）",
                    "甲公司 ９１３５０１００Ｍ０００１００Ｙ４３",
                    "甲公司，9135 0100\u2011M000\u2011100Y43",
                    "91350100M000100Y43 甲公司",
                )
            ),
            ("甲公司（聊城） 91350100M000100Y43", "甲公司（聊城）|91350100M000100Y43"),
            ("3M 中国 91350100M000100Y43", "3M 中国|91350100M000100Y43"),
            ("甲、乙中心 91350100M000100Y43", "甲、乙中心|91350100M000100Y43"),
            *((f"甲公司{sign}乙公司", REFUSED) for sign in "、，､﹑﹐；"),
            ("“丁公司”、“戊公司”", REFUSED),
            ("“丁公司”“戊公司”", REFUSED),
            ("甲公司；乙公司 91350100M000100Y43", REFUSED),
            ("甲公司 91350100M000100Y43 乙公司", REFUSED),
            ("甲公司 91350100M000100Y43 乙公司 91350100M000100Y44", REFUSED),
            ("甲公司 91350100M000100Y44", REFUSED),
            ("甲公司 91350100M000100Y4", REFUSED),
        ],
    ),
    Section(
        T("统一社会信用代码", "Unified social credit codes"),
        identifiers.uscc,
        [
            ("91350100M000100Y43", "91350100M000100Y43"),
            ("9135 0100-m000100y43", "91350100M000100Y43"),
            ("91350100M000100Y4３", "91350100M000100Y43"),
            ("91350100M000100Y44", REFUSED),
            ("9135O100M000100Y43", REFUSED),
        ],
    ),
    Section(
        T("身份证号", "ID numbers"),
        identifiers.id_number,
        [
            ("11010519491231002X", "11010519491231002X"),
            ("110105 1949‑1231 002x", "11010519491231002X"),
            ("810000199408230021", "810000199408230021"),
            ("911124198108030024", "911124198108030024"),
            ("110105491231002", REFUSED),
            ("110105194912310021", REFUSED),
        ],
    ),
    Section(
        T("手机号码", "Mobile numbers"),
        identifiers.mobile,
        [
            ("138 0013 8000", "13800138000"),
            ("+86 138-0013-8000", "13800138000"),
            ("１３８００１３８０００", "13800138000"),
            ("0531-82412345", REFUSED),
            ("1380013800", REFUSED),
        ],
    ),
    Section(
        T("联系电话", "Telephone"),
        telephones,
        [
            ("138 0013 8000", "13800138000"),
            ("(0531)82412345", "0531-82412345"),
            ("（0531）8241 2345", "0531-82412345"),
            ("０５３１—８２４１２３４５", "0531-82412345"),
            ("+86 531 8241\u200b2345", "0531-82412345"),
            ("010-8231 2345 转 801", "010-82312345转801"),
            ("010-82312345-801", "010-82312345转801"),
            ("010-82312345（分机801）", "010-82312345转801"),
            ("400 123 4567", "400-123-4567"),
            ("+852 2345 6789", "+852-2345-6789"),
            ("0531-82412345、82412346", "0531-82412345、0531-82412346"),
            ("0531-82412345，13800138000/0531-82412345", "0531-82412345、13800138000"),
            ("0531-82412345; 13800138000\n13900139000", "0531-82412345、13800138000、13900139000"),
            ("0531-82412345 13800138000", "0531-82412345、13800138000"),
            ("82412345", REFUSED),
            ("0531-8241234", REFUSED),
            ("0531-82412345/46", REFUSED),
            ("见附件", REFUSED),
        ],
    ),
    Section(
        T("电子邮箱地址", "E-mail addresses"),
        identifiers.email,
        [
            ("ZHANG@Example.CN", "ZHANG@example.cn"),
            ("zhang@\u200bexample.cn", "zhang@example.cn"),
            ("zhang@例子.中国", "zhang@xn--fsqu00a.xn--fiqs8s"),
            ("张三 <zhang@example.cn>", REFUSED),
            ("zhang@", REFUSED),
        ],
    ),
    Section(
        T("表格单元格：保存的数 | 数字格式", "Cells of tables: the number kept | its format"),
        _cell,
        [
            ("0.95 | 0%", "95%"),
            ("0.9567 | 0.0%", "95.7%"),
            ("0.95 | General", Decimal("0.95")),
            ('80 | 0"家"', "80家"),
            ("2000000 | ¥#,##0.00", "¥2,000,000.00"),
            ('2000000 | 0!.0,"万"', "200.0万"),
            ("7 | 000", "007"),
            ("1.25 | 0.0", "1.3"),
            ("0.0625 | h:mm", "1:30"),
            ("45331 | yyyy-mm-dd", DAY),
            ('45331 | m"月"d"日"', REFUSED),
            ("45331 | yyyy-mm", REFUSED),
            ("2000000 | 0.00E+00", REFUSED),
            ("5 | ;;;", REFUSED),
        ],
    ),
)
