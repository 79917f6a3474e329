"""What is asked of whoever asks for a change: the same of a party and of an officer who acts for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.domain.lifecycle.change_table import ChangeKind
from core.rules.text import T
from core.services.base.work import Work
from core.services.changes import requests
from core.services.changes.requests import FIELDS, Proof
from core.storage.models import Party
from core.storage.models.changes import Vouched
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.forms.party import REGION_HINT
from core.web.frame.bound import files
from core.web.frame.show import place_name

_VALUES = {
    Vouched.NAME: Spec(
        "name",
        T("新名称（与变更后的登记证书或身份证件一致）", "New name, as in the new certificate or card"),
        longest=200,
    ),
    Vouched.REGION: Spec(
        "region",
        T("新的行政区划", "New division"),
        FieldKind.LOOKUP,
        endpoint="system_forms.regions",
        hint=REGION_HINT,
    ),
    Vouched.EMPLOYER: Spec("employer", T("新的所在单位", "New employer"), required=False, longest=200),
}
_PROOFS = {
    ChangeKind.DETAILS: T(
        "例如变更登记通知书、新的营业执照或登记证书、身份证件、单位证明",
        "For example the notice of the change, the new licence or card, the employer's letter",
    ),
    ChangeKind.NUMBER: T("载有该代码的营业执照或登记证书", "The licence or certificate that bears the code"),
    ChangeKind.CLOSURE: T(
        "例如注销登记通知书；个人去世的，死亡证明",
        "For example the notice of deregistration; of a person, of death",
    ),
    ChangeKind.MERGER: T(
        "例如合并决议、协议和注销登记通知书", "For example the resolution, the agreement and the notice"
    ),
    ChangeKind.SPLIT: T("例如分立决议和登记通知书", "For example the resolution and the notice"),
}
CODE = Spec(
    "uscc",
    T("证照所载统一社会信用代码", "USCC, as the licence bears it"),
    longest=30,
    hint=T("校验码不符的代码才须核准", "Only one whose check digit does not fit needs to be accepted"),
)
SUCCESSORS = Spec(
    "successors",
    T("承继单位", "Successor"),
    FieldKind.AREA,
    hint=T("每行一个：统一社会信用代码，空格，名称", "One a line: credit code, a space, the name"),
)
GOES_ON = Spec(
    "goes_on",
    T("本单位分立后存续", "The body goes on after the split"),
    FieldKind.FLAG,
    required=False,
)


def form_for(party: Party, kind: ChangeKind) -> PlainForm:
    """The form of a kind of change, begun with what is registered."""
    own: list[Spec] = []
    if kind is ChangeKind.DETAILS:
        own += [_VALUES[field] for field in FIELDS[party.kind]]
    if kind is ChangeKind.NUMBER:
        own.append(CODE)
    if kind.names_successors:
        own.append(SUCCESSORS)
    if kind is ChangeKind.SPLIT:
        own.append(GOES_ON)
    specs = [
        *own,
        Spec("statement", T("说明", "Note"), FieldKind.AREA, required=False),
        Spec("file", T("证明材料（一个文件）", "Proof (one file)"), FieldKind.FILE, hint=_PROOFS[kind]),
    ]
    known = {name: getattr(party, name) for name in (*Vouched, "uscc")}
    return make_form(specs, data=known | {"region_shown": place_name(party.region) if party.region else ""})


def ask(w: Work, party_id: int, kind: ChangeKind, values: Mapping[str, Any]) -> int:
    """Ask for what the form says; returns the request's id."""
    given = values["file"]
    return requests.ask(
        w,
        party_id,
        kind,
        Proof(given.filename or "", given.stream),
        files(),
        values={name: values.get(name) or "" for name in (*Vouched, "uscc")},
        successors=values.get("successors") or "",
        goes_on=bool(values.get("goes_on")),
        statement=values["statement"] or "",
    )


ASK_TITLES = {
    ChangeKind.DETAILS: T("申请变更名称、地区或单位", "Ask for another name, division or employer"),
    ChangeKind.NUMBER: T("申请核准统一社会信用代码", "Ask that the credit code be accepted"),
    ChangeKind.CLOSURE: T("申请办理注销", "Report the closure"),
    ChangeKind.MERGER: T("申请办理合并", "Report a merger"),
    ChangeKind.SPLIT: T("申请办理分立", "Report a split"),
}
ADVICE = {
    ChangeKind.DETAILS: T(
        "经办人员核对证明材料后决定；在此之前，各处仍为原登记内容。",
        "An officer looks at the proof and decides; until then the old data stand everywhere.",
    ),
    ChangeKind.NUMBER: T(
        "代码的校验码不符：经办人员对照证照核实后核准；核准前不能申报。",
        "The check digit of the code does not fit: an officer compares the licence and accepts it; before, "
        "nothing is applied for.",
    ),
    ChangeKind.CLOSURE: T(
        "准予后，现有认定自当日终止，在办申请随之撤回。",
        "Once granted, every status ends that day, and open applications with it.",
    ),
    ChangeKind.MERGER: T(
        "准予后，现有认定自当日终止，不自动转移给承继单位；承继单位可以自行申报。",
        "Once granted, every status ends that day. None passes to the successor, which may apply itself.",
    ),
    ChangeKind.SPLIT: T(
        "本单位存续的，认定不变；不存续的，自准予当日终止，不自动转移给承继单位。",
        "If the body goes on, its status stays; if not, it ends that day and passes to nobody.",
    ),
}
ASKED = T("已提交，等待决定", "Sent; it waits for the answer")
