"""A1.5(1), A2.4(1) and N1: what is handed in online."""

from core.plugin_api import Material, T
from plugins.miit_volunteer.documents import EXPERT, WORKSTATION

APPLICATION = Material("A1.5(1)", "application", T("工作站申报材料", "Application of the workstation"))

EXPERT_FORM = Material(
    "A2.4(1)",
    "application_form",
    T("《中小企业志愿服务专家申请表》", "Application form for volunteer experts"),
)

EXPERIENCE = Material(
    "N1",
    "experience_statement",
    T("中小企业志愿服务经验和成果说明", "Statement of volunteer service experience and results"),
)

MATERIALS: dict[str, tuple[Material, ...]] = {
    WORKSTATION: (APPLICATION, EXPERIENCE),
    EXPERT: (EXPERT_FORM, EXPERIENCE),
}
