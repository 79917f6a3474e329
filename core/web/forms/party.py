"""What is asked of a party when it is registered, at the counter or by itself."""

from __future__ import annotations

from core.rules.clauses import PartyKind
from core.rules.text import T
from core.web.forms.fields import FieldKind, Spec

KIND = Spec(
    "kind",
    T("类型", "Kind"),
    FieldKind.CHOICE,
    options=lambda: [(kind.value, kind.label) for kind in PartyKind],
)
REGION_HINT = T("输入名称或六位代码查找", "Type a name or the six digits")
PARTY_SPECS = (
    KIND,
    Spec("name", T("名称（个人填姓名）", "Name (of a person: the full name)"), longest=200),
    Spec("uscc", T("统一社会信用代码（机构）", "USCC (organisations)"), required=False, longest=30),
    Spec("id_number", T("身份证号（个人）", "ID number (persons)"), required=False, longest=30),
    Spec(
        "region",
        T("行政区划", "Division"),
        FieldKind.LOOKUP,
        endpoint="system_forms.regions",
        hint=REGION_HINT,
    ),
    Spec("address", T("地址", "Address"), required=False, longest=300),
    Spec("contact_name", T("联系人", "Contact"), required=False, longest=100),
    Spec("mobile", T("手机号码", "Mobile number"), required=False, longest=20),
    Spec("email", T("电子邮箱", "E-mail"), required=False, longest=200),
    Spec("employer", T("所在单位（个人）", "Employer (persons)"), required=False, longest=200),
)
