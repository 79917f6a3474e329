"""Made-up organisations and persons: names that could be, numbers that check, and nobody's at all."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from stdnum.cn import ric
from stdnum.cn import uscc as stdnum_uscc

from core.domain.roles import division_prefix
from core.rules.clauses import PartyKind

DOMAIN = "accredit.example"
"""Reserved for examples: nothing is ever delivered there."""

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = """
伟 芳 娜 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 建华 文博 思远 雨桐 子涵
嘉怡 志强 晓东 海燕 国栋 佳琪 立新 春梅 宏图 若曦 云飞 清扬 书航 振宇 慧敏 丽华 永年 景行 知行 致远 安然
"""
_BRANDS = """
启航 众诚 远瞻 汇智 同创 惠企 新桥 博源 智联 恒信 领航 卓越 聚力 鼎新 天成 华睿 创益 育才 融通 盛业 德润
安信 立诚 正源 三江 北斗 飞跃 瑞丰 万象 开元 方圆 金桥 文澜 海纳 云帆 青禾 星火 芯动 禾木 百川 泰和 嘉业
"""
_SERVED = """
服饰 食品 机械 电子 建材 化工 物流 包装 家具 五金 印刷 纺织 汽配 农产品 医疗器械 软件 广告 餐饮
"""
GIVEN, BRANDS, SERVED = _GIVEN.split(), _BRANDS.split(), _SERVED.split()
EMPLOYERS = ("大学", "职业技术学院", "科学技术研究院", "会计师事务所", "律师事务所", "工程技术学校")
STREETS = ("人民", "解放", "建设", "文化", "创业", "科技", "学府", "长江", "朝阳", "和平")
KINDS: tuple[tuple[str, str, str], ...] = (
    ("企业服务有限公司", "enterprise", "91"),
    ("管理咨询有限公司", "enterprise", "91"),
    ("科技服务有限公司", "enterprise", "91"),
    ("创业孵化器有限公司", "enterprise", "91"),
    ("人力资源服务有限公司", "enterprise", "91"),
    ("知识产权服务有限公司", "enterprise", "91"),
    ("财税服务有限公司", "enterprise", "91"),
    ("数字科技有限公司", "enterprise", "91"),
    ("中小企业协会", "social_organization", "51"),
    ("创业服务中心", "private_non_enterprise", "52"),
    ("生产力促进中心", "public_institution", "12"),
)
"""Ending of the name, legal form, and how a USCC of the kind begins."""
ORGANIZATION_CODE = "XXXX"
"""No organisation code begins so."""
_ORGANIZATION_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_MODULUS = 11


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation or a person of the story, with the account of whoever acts for it."""

    kind: PartyKind
    number: int
    name: str
    region: str
    legal_form: str
    code: str
    """USCC or resident ID number."""
    contact: str
    mobile: str
    employer: str
    address: str

    @property
    def email(self) -> str:
        """Address of the account that acts for it."""
        return f"{self.kind.pick(organization='org', person='expert')}{self.number:03d}@{DOMAIN}"


def organization(
    rng: Random, number: int, region: str, place: str, taken: set[str], *, non_profit: bool = False
) -> Body:
    """An organisation in a division; `taken` are the names that are there already."""
    kinds = [kind for kind in KINDS if not non_profit or kind[1] != "enterprise"]
    while True:
        ending, form, begins = rng.choice(kinds)
        own = rng.choice(BRANDS)
        name = f"{place}{own}{ending}"
        if name not in taken:
            break
    taken.add(name)
    return Body(
        PartyKind.ORGANIZATION,
        number,
        name,
        region,
        form,
        uscc(begins, region, number),
        person_name(rng),
        mobile(number),
        "",
        f"{place}{rng.choice(STREETS)}路{rng.randint(1, 399)}号",
    )


def person(rng: Random, number: int, region: str, place: str, taken: set[str]) -> Body:
    """An expert in a division."""
    name = person_name(rng)
    while name in taken:
        name = person_name(rng)
    taken.add(name)
    employer = f"{place}{rng.choice(EMPLOYERS)}"
    return Body(
        PartyKind.PERSON,
        number,
        name,
        region,
        "",
        id_number(rng, region, number),
        name,
        mobile(5000 + number),
        employer,
        f"{place}{rng.choice(STREETS)}路{rng.randint(1, 199)}号",
    )


def person_name(rng: Random) -> str:
    """A surname and a given name."""
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def served_pool(rng: Random, place: str, size: int) -> list[str]:
    """The enterprises of a place that a body serves."""
    names: dict[str, None] = {}
    while len(names) < size:
        names[f"{place}{rng.choice(BRANDS)}{rng.choice(SERVED)}{rng.choice(('有限公司', '厂', '商行'))}"] = (
            None
        )
    return list(names)


def uscc(begins: str, region: str, number: int) -> str:
    """A USCC with valid check digits over an organisation code that is given to nobody."""
    body = f"{ORGANIZATION_CODE}{number:04d}"
    weighed = zip(_ORGANIZATION_WEIGHTS, body, strict=True)
    rest = _MODULUS - sum(w * _ORGANIZATION_CHARACTERS.index(c) for w, c in weighed) % _MODULUS
    check = {10: "X", 11: "0"}.get(rest, str(rest))
    code = f"{begins}{region}{body}{check}"
    return code + stdnum_uscc.calc_check_digit(code + "0")


def id_number(rng: Random, region: str, number: int) -> str:
    """A resident ID number with a valid check digit, issued by a province itself, as none is."""
    province = division_prefix(region)[:2]
    born = f"{rng.randint(1962, 1990)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    body = f"{province}0000{born}{number % 1000:03d}"
    return body + ric.calc_check_digit(body + "0")


def mobile(number: int) -> str:
    """A number of the form of a mainland mobile number."""
    return f"1990000{number % 10_000:04d}"
