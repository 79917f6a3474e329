"""What is asked of a party when it is registered, at the counter or by itself."""

from __future__ import annotations

from typing import Any

from flask import request

from core.domain import identifiers
from core.domain.errors import MalformedError
from core.rules.clauses import PartyKind
from core.rules.text import T
from core.services.base.work import Work
from core.services.changes import numbers
from core.services.changes.requests import Proof
from core.services.claims import own as claims
from core.services.claims import registering
from core.services.people import parties
from core.storage.models.changes import ClaimState
from core.web.forms.fields import FieldKind, Spec
from core.web.frame.bound import files

KIND = Spec(
    "kind",
    T("类型", "Kind"),
    FieldKind.CHOICE,
    options=lambda: [(kind.value, kind.label) for kind in PartyKind],
)
REGION_HINT = T("输入名称或六位代码查找", "Type a name or the six digits")
CODE_PROOF = (
    Spec(
        "licence",
        T("证照确为此号码的，上传登记证书", "Where the licence bears the code so: the licence"),
        FieldKind.FILE,
        required=False,
        hint=T(
            "代码的校验码不符时才需要；由经办人员核准后方可申报",
            "Only where the check digit does not fit; an officer accepts it before you can apply",
        ),
    ),
    Spec("statement", T("说明", "Note"), FieldKind.AREA, required=False),
)
"""What is asked for beside a code whose check digit does not fit."""
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
    Spec(
        "mobile",
        T("手机号码", "Mobile number"),
        required=False,
        longest=30,
        hint=T(
            "接收短信通知；固定电话填在“联系电话”", "Receives text messages; landlines go under “Telephone”"
        ),
    ),
    Spec(
        "phone",
        T("联系电话", "Telephone"),
        required=False,
        longest=200,
        hint=T(
            "固定电话请带区号，如 0531-82412345转801；几个号码用顿号分隔",
            "Landlines with area code, such as 0531-82412345 ext. 801; part several by commas",
        ),
    ),
    Spec("email", T("电子邮箱", "E-mail"), required=False, longest=200),
    Spec("employer", T("所在单位（个人）", "Employer (persons)"), required=False, longest=200),
)


def code_proof() -> tuple[Spec, ...]:
    """The inputs for the licence, where the code that was sent is one that only an officer can accept."""
    try:
        identifiers.uscc(request.form.get("uscc", ""))
    except identifiers.UnfitCheckDigit:
        return CODE_PROOF
    except MalformedError:
        pass
    return ()


def register_own(w: Work, given: dict[str, Any]) -> None:
    """Register what a form says as one's own: what the register has already becomes a claim of it."""
    licence, statement = given.get("licence"), given.get("statement") or ""
    unfit = bool(licence and licence.filename)
    made = registering.register(w, given["kind"], given, lambda: register(w, dict(given)), unfit=unfit)
    if made.claim_id is None or not unfit:
        return
    if claims.find(w, made.claim_id).state is ClaimState.WANTED:
        proof = claims.Proof(given["licence"].filename, given["licence"].stream)
        claims.hand_in(w, made.claim_id, proof, files(), statement)


def register(w: Work, given: dict[str, Any]) -> int:
    """Register what a form says: with a licence, a body whose code an officer is to accept."""
    licence, statement = given.pop("licence", None), given.pop("statement", "") or ""
    if licence and licence.filename and given.get("kind") is PartyKind.ORGANIZATION:
        given.pop("kind")
        return numbers.register(w, Proof(licence.filename, licence.stream), files(), statement, **given)
    return parties.register_party(w, **given)
