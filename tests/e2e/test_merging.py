"""An officer finds a body that was registered twice, merges the two, and parts them again."""

from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.storage.models import Accreditation
from tests.conftest import MakeActor
from tests.e2e.conftest import Enter, Look, OpenAccount, Site
from tests.services.factory import accredit, load, make_party

KEY, PLACE = "liaocheng/comprehensive", "371502"
KEPT, MERGED = "鲁西某某服务中心（聊城）", "鲁西某某服务中心(聊城)"


def test_a_body_registered_twice(
    site: Site, make_actor: MakeActor, open_account: OpenAccount, enter: Enter, look: Look
) -> None:
    first, second = (make_party(site.engine, name=name, region=PLACE) for name in (KEPT, MERGED))
    older = accredit(site.engine, KEY, "2024-01-10", party_id=first, region=PLACE)
    newer = accredit(site.engine, KEY, "2024-02-01", party_id=second, region=PLACE)
    account = open_account(make_actor(Role.OFFICER, program="liaocheng", region="371500"))
    person = enter(account, "2024-06-03T10:00")
    person.menu("疑似重复主体")
    person.sees(KEPT, MERGED, "名称相同", "地区相同")
    look(person, "1-likely")
    # Marked as not the same they are on another list, and are merged only when that is taken back.
    person.row(KEPT).get_by_role("link", name="比较").click()
    person.page.get_by_role("link", name="不是同一主体").click()
    look(person, "1a-mark")
    person.send("标注为不同主体")
    person.sees("请填写")
    person.fill({"不是同一主体的理由": "两个机构，登记证书不同"})
    person.send("标注为不同主体")
    person.sees(KEPT, "已标注为不同主体", "两个机构，登记证书不同")
    look(person, "1b-marked")
    person.menu("疑似重复主体")
    person.sees("没有疑似重复的主体")
    person.page.get_by_role("link", name="已标注为不同主体").click()
    person.sees(MERGED, "两个机构，登记证书不同")
    look(person, "1c-list-of-marks")
    person.open(f"/admin/mergers/{first}/{second}")
    person.sees("请先收回标注")
    look(person, "1d-blocked")
    person.page.get_by_role("link", name="收回标注").click()
    person.fill({"收回理由": "经复核为同一机构"})
    look(person, "1e-take-back")
    person.send("收回标注")
    person.sees("已收回", "经复核为同一机构")
    person.menu("疑似重复主体")
    person.row(KEPT).get_by_role("link", name="比较").click()
    person.sees(f"{newer.number} 将按重复登记终止", f"{older.number} 存续", "统一社会信用代码不同")
    look(person, "2-side-by-side")
    # Nothing is merged without a reason.
    person.send("合并")
    person.sees("请填写")
    person.fill({"合并理由": "同一机构两次登记"})
    person.send("合并")
    person.sees(KEPT, "合并记录", "同一机构两次登记", newer.number)
    look(person, "3-merged")
    assert load(site.engine, Accreditation, newer.id).state is AccreditationState.DUPLICATE
    # Both numbers and both pages lead to the one that is left.
    person.open(f"/verify/{newer.number}")
    person.sees("重复登记终止", KEPT, older.number)
    person.open(f"/bodies/{second}")
    person.sees(KEPT, older.number, newer.number)
    look(person, "4-public", (1280,))
    person.open(f"/admin/filing/party/{second}")
    person.sees("该主体已合并")
    person.section("合并记录").get_by_role("link", name="撤销合并").click()
    person.fill({"撤销理由": "核实为两个机构"})
    look(person, "5-undo")
    person.send("撤销合并")
    person.sees("核实为两个机构")
    assert load(site.engine, Accreditation, newer.id).state is AccreditationState.ACTIVE
    person.open(f"/verify/{newer.number}")
    person.sees("有效", MERGED)
