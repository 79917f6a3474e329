#!/usr/bin/env bash
# Makes tables.zip: tables as LibreOffice and other libraries write them, each with what LibreOffice shows of it
# (its csv export), and in cases.json which import each is for and which cells it has to refuse.
# Needs soffice (Debian: libreoffice-calc-nogui) and pip; nothing of this is needed to run the test.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    openpyxl==3.1.5 pyexcelerate==0.13.0 odfpy==1.4.1 xlwt==1.3.0 rustpy-xlsxwriter==0.8.0 pylightxl==1.61 \
    odswriter==0.5.0 ezodf==0.3.2 lxml==6.1.3

"$folder/venv/bin/python" - "$folder" "$here/tables.zip" <<'PYTHON'
import json
import subprocess
import sys
import zipfile
from copy import deepcopy
from datetime import date, datetime, timedelta
from pathlib import Path

import ezodf
import odswriter
import openpyxl
import pyexcelerate
import pylightxl
import rustpy_xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

FOLDER, TARGET = Path(sys.argv[1]), Path(sys.argv[2])
DAY = date(2024, 5, 6)
ID, USCC, MOBILE = "11010519491231002X", "91350100M000100Y43", "13800138000"
TEXT, CODE, ON, NUMBER, SHARE, MONEY, WHOLE, WORD, YES = "text code on number share money whole word yes".split()
IMPORTS = {
    "roster": [
        ("姓名", TEXT, "张三"), ("身份证号", CODE, ID), ("学历", WORD, "本科"), ("专业技术职称", WORD, "中级"),
        ("有本专业领域工作经验", YES, "是"), ("专职", YES, "否"), ("到岗日期", ON, DAY),
    ],
    "diary": [
        ("服务日期", ON, DAY), ("服务名称", TEXT, "政策宣讲"), ("服务方式", WORD, "线上"),
        ("服务时长（小时）", NUMBER, 1.5), ("参加人数", WHOLE, 30), ("满意度（%）", SHARE, 95.5),
        ("收费（元）", MONEY, 2000), ("公益性服务", YES, "是"), ("服务企业", TEXT, "甲公司；乙公司"),
    ],
    "register": [
        ("类别", WORD, "中小企业服务商"), ("名称", TEXT, "北方咨询"), ("统一社会信用代码", CODE, USCC),
        ("行政区划代码", CODE, "220202"), ("地址", TEXT, "某路 1 号"), ("手机号码", CODE, MOBILE),
    ],
    "summary": [
        ("姓名", TEXT, "孙某"), ("所在单位（机构）", TEXT, "山东大学"), ("擅长领域", WORD, "政策、法律"),
        ("联系电话", CODE, MOBILE), ("联系邮箱", CODE, "a@example.cn"),
    ],
}  # fmt: skip
ROWS = 3


class Made:
    """A table to be written: rows of (value, number format), and what is to be refused of it."""

    def __init__(self, kind):
        self.kind, self.columns = kind, IMPORTS[kind]
        self.above, self.hidden, self.merged, self.sheets = [], [], [], []
        self.headers = [name for name, _, _ in self.columns]
        self.rows = [[(value, None) for _, _, value in self.columns] for _ in range(ROWS)]
        self.refused = []

    def place(self, kind):
        return next((n for n, column in enumerate(self.columns) if column[1] == kind), None)

    def put(self, kind, value, form=None, refused=False):
        """Into the second row, at the first column of the kind; False where the import has none."""
        n = self.place(kind)
        if n is None:
            return False
        self.rows[1][n] = (value, form)
        if refused:
            self.refuse(1, n)
        return True

    def refuse(self, row, column):
        self.refused.append([len(self.above) + 2 + row, self.columns[column][0]])


def put(*given, **more):
    return lambda made: made.put(*given, **more)


def titled(made):
    made.above = [["汇总表（2024 年度）"], [], ["填报单位：某中心", None, "填报人：赵某"]]


def broken_headers(made):
    made.headers = [f"* {name[:2]}\n{name[2:]} " for name in made.headers]


def others(made):
    made.headers = [*made.headers, "身高", "备注"]
    made.rows = [[*row, (180, None), ("x", None)] for row in made.rows]


def turned(made):
    made.headers.reverse()
    for row in made.rows:
        row.reverse()


def numbered(made):
    made.headers.insert(0, "序号")
    made.rows = [[(n, None), *row] for n, row in enumerate(made.rows, 1)]


def gaps(made):
    made.rows.insert(1, [])
    made.rows += [[], []]


def hidden(made):
    made.hidden = [3]


def merged(made):
    n = made.place(TEXT)
    letter = chr(ord("A") + n)
    made.merged = [f"{letter}3:{letter}4"]
    made.rows[2][n] = (None, None)
    made.refuse(2, n)


def cover(made):
    made.sheets = ["hidden first"]


def twice(made):
    made.sheets = ["two fit"]


def notes(made):
    made.sheets = ["notes"]


ANY = {
    "plain": lambda made: None, "titled": titled, "headers": broken_headers, "others": others, "turned": turned,
    "numbered": numbered, "gaps": gaps, "hidden": hidden, "merged": merged, "cover": cover, "two": twice,
    "notes": notes,
    "long": put(CODE, 110105194912310020, refused=True),
    "scientific": put(CODE, 1.1e17, "0.00E+00", refused=True),
    "error": put(TEXT, "=NA()", refused=True),
    "text-day": put(TEXT, date(2024, 3, 5), "m-d", refused=True),
    "text-true": put(TEXT, True, refused=True),
    "joined": put(TEXT, '="甲"&"乙"'),
    "lines": put(TEXT, "某某\n服务"),
    "spaces": put(TEXT, "  某某 服务 "),
    "wide": put(TEXT, "ＡＢＣ（某）"),
    "zeros": put(TEXT, 7, "000"),
    "number-text": put(TEXT, 2024),
}  # fmt: skip
DAYS = {
    "slashes": (DAY, "yyyy/m/d"), "chinese": (DAY, 'yyyy"年"m"月"d"日"'), "iso": (DAY, "yyyy-mm-dd"),
    "english": (DAY, "d-mmm-yy"), "weekday": (DAY, "[$-804]aaaa yyyy-mm-dd"), "timed": (datetime(2024, 5, 6, 9, 30), "yyyy-mm-dd hh:mm"),
    "serial": (45418, None), "typed": ("2024.2.9", None), "short": ("20240209", None), "spelt": ("2024年2月9日", None),
    "full": ("２０２４－０２－０９", None),
}  # fmt: skip
BAD_DAYS = {"no-year": (DAY, 'm"月"d"日"'), "month": (DAY, "yyyy-mm"), "vague": ("3/4/5", None)}
FIGURES = {
    "clock": (NUMBER, 0.0625, "h:mm"), "elapsed": (NUMBER, 0.0625, "[h]:mm"), "rounded": (NUMBER, 1.25, "0.0"),
    "unit": (WHOLE, 80, '0"人"'), "colour": (WHOLE, 80, "[Red]0;[Blue]-0"), "thousands": (MONEY, 2000000, "#,##0.00"),
    "yuan": (MONEY, 2000000, '"¥"#,##0.00'), "currency": (MONEY, 2000000, "[$¥-804]#,##0"), "tenthousand": (MONEY, 2000000, '0.00,,"百万"'),
    "typed-money": (MONEY, "200万元", None), "typed-commas": (MONEY, "2,000,000", None), "sum": (MONEY, "=1000+1000", None),
    "zero": (MONEY, 0, '#,##0;-#,##0;"-"'), "third": (MONEY, "=ROUND(1000/3,2)", None),
    "share": (SHARE, 0.955, "0.0%"), "share-whole": (SHARE, 0.95, "0%"), "share-rounded": (SHARE, 0.9567, "0%"),
    "share-full": (SHARE, 1, "0%"), "share-text": (SHARE, "95％", None), "share-sign": (SHARE, 95, '0"%"'),
    "share-plain": (SHARE, 95, "General"),
}  # fmt: skip
BAD_FIGURES = {
    "share-asked": (SHARE, 0.95, None), "share-two": (SHARE, 0.95, "0.00"), "share-error": (SHARE, "=1/0", None),
    "exponent": (MONEY, 2000000, "0.00E+00"), "fraction": (NUMBER, 1.5, "# ?/?"), "day-hours": (NUMBER, DAY, "yyyy-mm-dd"),
    "am": (NUMBER, 0.0625, "h:mm AM/PM"), "other-unit": (MONEY, "80家", None), "words": (WHOLE, "约三十", None),
}  # fmt: skip
CASES = [(kind, name, change) for kind in IMPORTS for name, change in ANY.items()]
CASES += [(kind, f"day-{name}", put(ON, *given)) for kind in ("roster",) for name, given in DAYS.items()]
CASES += [
    (kind, f"day-{name}", put(ON, *given, refused=True)) for kind in ("roster",) for name, given in BAD_DAYS.items()
]
CASES += [("diary", name, put(*given)) for name, given in FIGURES.items()]
CASES += [("diary", name, put(*given, refused=True)) for name, given in BAD_FIGURES.items()]


def made(kind, change):
    table = Made(kind)
    change(table)
    return table


def lines(table):
    return [*[[(cell, None) for cell in row] for row in table.above], [(name, None) for name in table.headers], *table.rows]


def by_openpyxl(table, path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表一"
    if table.sheets == ["hidden first"]:
        sheet.append(table.headers)
        sheet.sheet_state = "hidden"
        sheet = book.create_sheet("填报")
        book.active = 1
    for number, row in enumerate(lines(table), 1):
        for column, (value, form) in enumerate(row, 1):
            if value is None:
                continue
            cell = sheet.cell(number, column, value)
            if isinstance(value, datetime):
                cell.number_format = "yyyy-mm-dd"
            if form:
                cell.number_format = form
    for number in table.hidden:
        sheet.row_dimensions[number].hidden = True
    for area in table.merged:
        sheet.merge_cells(area)
    if table.sheets == ["two fit"]:
        other = book.copy_worksheet(sheet)
        other.title = "表二"
    if table.sheets == ["notes"]:
        book.create_sheet("说明", 0).append(["请按说明填写", "每人一行"])
    book.save(path)


def plain(value):
    return value.isoformat() if isinstance(value, date) else value


def by_pyexcelerate(table, path):
    book = pyexcelerate.Workbook()
    sheet = book.new_sheet("表")
    for number, row in enumerate(lines(table), 1):
        for column, (value, form) in enumerate(row, 1):
            if value is not None:
                # Bare dates are refused by it.
                sheet.set_cell_value(number, column, datetime(value.year, value.month, value.day) if isinstance(value, date) else value)
            if form or isinstance(value, date):
                sheet.set_cell_style(number, column, pyexcelerate.Style(format=pyexcelerate.Format(form or "yyyy-mm-dd")))
    book.save(str(path))


def by_rustpy(table, path):
    rows = [{f"{n:02} {name}": plain(row[n][0]) for n, name in enumerate(table.headers)} for row in table.rows]
    headers = [f"{n:02} {name}" for n, name in enumerate(table.headers)]
    rustpy_xlsxwriter.FastExcel(str(path)).sheet("表", [dict(zip(table.headers, row.values())) for row in rows]).save()


def by_pylightxl(table, path):
    book = pylightxl.Database()
    book.add_ws(ws="表")
    for number, row in enumerate(lines(table), 1):
        for column, (value, _) in enumerate(row, 1):
            if value is not None:
                book.ws(ws="表").update_index(row=number, col=column, val=plain(value))
    pylightxl.writexl(db=book, fn=str(path))


def by_odfpy(table, path):
    book = OpenDocumentSpreadsheet()
    sheet = Table(name="表")
    for row in lines(table):
        line = TableRow()
        for value, _ in row:
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                cell = TableCell(valuetype="float", value=str(value))
                cell.addElement(P(text=str(value)))
            elif isinstance(value, date):
                cell = TableCell(valuetype="date", datevalue=value.isoformat())
                cell.addElement(P(text=f"{value.year}年{value.month}月{value.day}日"))
            else:
                cell = TableCell(valuetype="string") if value is not None else TableCell()
                if value is not None:
                    cell.addElement(P(text=str(value)))
            line.addElement(cell)
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    book.save(str(path))


def by_odswriter(table, path):
    with odswriter.writer(open(path, "wb")) as book:
        sheet = book.new_sheet("表")
        for row in lines(table):
            sheet.writerow([value for value, _ in row])


def by_ezodf(table, path):
    book = ezodf.newdoc(doctype="ods", filename=str(path))
    rows = lines(table)
    sheet = ezodf.Sheet("表", size=(len(rows), max(len(row) for row in rows)))
    book.sheets += sheet
    for number, row in enumerate(rows):
        for column, (value, _) in enumerate(row):
            if isinstance(value, date):
                sheet[number, column].set_value(value.isoformat(), "date")
            elif value is not None:
                sheet[number, column].set_value(value)
    book.save()


def by_xlwt(table, path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for number, row in enumerate(lines(table)):
        for column, (value, _) in enumerate(row):
            if value is not None:
                sheet.write(number, column, plain(value))
    book.save(str(path))


# A Chinese LibreOffice, on a machine that need not be one.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>zh-CN</value></prop></item></oor:items>"""
(FOLDER / "profile" / "user").mkdir(parents=True)
(FOLDER / "profile" / "user" / "registrymodifications.xcu").write_text(PROFILE)


def convert(paths, target, form):
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{FOLDER}/profile", "--convert-to", form, "--outdir", str(target), *map(str, paths)],
        check=True, stdout=subprocess.DEVNULL, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": str(FOLDER)},
    )  # fmt: skip


def csv_of(paths, target):
    """The text that is shown, of every sheet; a name of its own for each file."""
    convert(paths, target, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1")


tables, cases = FOLDER / "tables", {}
tables.mkdir()
for number, (kind, name, change) in enumerate(CASES):
    table = made(kind, change)
    path = tables / f"{kind}-{name}-openpyxl.xlsx"
    if name not in ("joined", "sum", "third", "error", "share-error"):
        by_openpyxl(table, path)
        cases[path.name] = table.refused
    source = FOLDER / "sources" / f"{kind}-{name}-libreoffice.xlsx"
    source.parent.mkdir(exist_ok=True)
    by_openpyxl(table, source)
    # Half of them as xlsx, half as ods; what an oracle rests on as both.
    forms = ("xlsx", "ods") if name not in ANY else (("xlsx", "ods")[number % 2],)
    for form in forms:
        cases[f"{kind}-{name}-libreoffice.{form}"] = table.refused
def small(path):
    """Without the pictures and settings that LibreOffice adds."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist() if not name.startswith(("Thumbnails/", "Configurations2/"))}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name, data in parts.items():
            new.writestr(name, data)


for form in ("xlsx", "ods"):
    wanted = [FOLDER / "sources" / f"{Path(name).stem}.xlsx" for name in cases if name.endswith(f"-libreoffice.{form}")]
    convert(wanted, tables, form)
for path in tables.glob("*-libreoffice.ods"):
    small(path)
for name in ("joined", "error"):  # nobody has computed these
    table = made("diary", ANY[name])
    path = tables / f"diary-{name}-openpyxl.xlsx"
    by_openpyxl(table, path)
    cases[path.name] = [[3, "服务名称"]]
SIMPLE = {"pyexcelerate": by_pyexcelerate, "rustpy": by_rustpy, "pylightxl": by_pylightxl}
OPEN = {"odfpy": by_odfpy, "odswriter": by_odswriter, "ezodf": by_ezodf}
for ending, writers in (("xlsx", SIMPLE), ("ods", OPEN), ("xls", {"xlwt": by_xlwt})):
    for writer, write in writers.items():
        for kind in IMPORTS:
            for name in ("plain", "turned"):
                table = made(kind, ANY[name])
                path = tables / f"{kind}-{name}-{writer}.{ending}"
                write(table, path)
                cases[path.name] = table.refused

shown = FOLDER / "shown"
for ending in ("xlsx", "ods"):
    csv_of(sorted(tables.glob(f"*.{ending}")), shown / ending)
with zipfile.ZipFile(TARGET, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
    packed.writestr("cases.json", json.dumps(cases, ensure_ascii=False, indent=0))
    for path in sorted(tables.iterdir()):
        packed.write(path, path.name)
    for ending in ("xlsx", "ods"):
        for path in sorted((shown / ending).iterdir()):
            packed.write(path, f"shown/{ending}/{path.name}")
print(len(cases), "tables,", TARGET.stat().st_size, "bytes")
PYTHON
