"""What is written about accounts: codes, passwords, roles, membership of a party, and what waits."""

from __future__ import annotations

from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.messaging.template import Template


def _account(subject: T, body: T) -> Template:
    return Template(subject, body, subject)


_IGNORE = T(
    "\n如非本人操作，请忽略本消息，任何人都不会因此进入您的账号。",
    "\nIf it was not you, ignore this: nobody can enter your account with it.",
)

ACCOUNTS: dict[MessageEvent, Template] = {
    MessageEvent.ACCOUNT_CREATED: _account(
        T("账号已开通", "Your account is ready"),
        T(
            "系统管理员为您开通了账号 {login}。请在登录页点“忘记密码”，填写该账号，用收到的验证码设置密码。",
            "An administrator made the account {login} for you. Press “Forgot your password?” on the login "
            "page, give that address, and set a password with the code that you are sent.",
        ),
    ),
    MessageEvent.ACCOUNT_CODE: Template(
        T("验证码：{purpose}", "Code: {purpose}"),
        T(
            f"您的验证码是 {{secret}}，用于{{purpose}}，{{minutes}} 分钟内有效。请勿告诉他人。{_IGNORE.zh}",
            f"Your code is {{secret}} ({{purpose}}). It is valid for {{minutes}} minutes; tell it to nobody."
            f"{_IGNORE.en}",
        ),
        T(
            "【认定登记系统】验证码 {secret}，用于{purpose}，{minutes} 分钟内有效，请勿告诉他人。",
            "Accreditation register: code {secret} ({purpose}), valid for {minutes} minutes.",
        ),
    ),
    MessageEvent.FILING_RECEIVED: Template(
        T("{kind}已收到", "{kind}: received"),
        T(
            "您提交的{kind}已收到。查询码：{secret}。凭查询码可在“查询办理进度”页面查看办理情况，请勿告诉他人。"
            f"{_IGNORE.zh}",
            "What you filed was received ({kind}). Your follow-up code: {secret}. With it you see how it "
            f"stands under “Check progress”; tell it to nobody.{_IGNORE.en}",
        ),
        T(
            "【认定登记系统】您提交的{kind}已收到，查询码 {secret}，请勿告诉他人。",
            "Accreditation register: {kind} received; follow-up code {secret}.",
        ),
    ),
    MessageEvent.FILING_DECIDED: Template(
        T("{kind}已办结", "{kind}: closed"),
        T(
            "您提交的{kind}已办结，请凭查询码在“查询办理进度”页面查看结果。",
            "What you filed ({kind}) was decided; see the outcome with your code under “Check progress”.",
        ),
        T(
            "【认定登记系统】您提交的{kind}已办结，请凭查询码查看结果。",
            "Accreditation register: {kind} decided; see the outcome with your code.",
        ),
    ),
    MessageEvent.FILING_REOPENED: Template(
        T("{kind}的结论已更正", "{kind}: the outcome was corrected"),
        T(
            "您提交的{kind}原有结论已更正，正在重新办理，请凭查询码在“查询办理进度”页面查看。",
            "The outcome of what you filed ({kind}) was corrected, and it is dealt with again; see how it "
            "stands with your code under “Check progress”.",
        ),
        T(
            "【认定登记系统】您提交的{kind}原有结论已更正，正在重新办理，请凭查询码查看。",
            "Accreditation register: {kind} is dealt with again; see how it stands with your code.",
        ),
    ),
    MessageEvent.ACCOUNT_EXISTS: Template(
        T("您已有账号", "You have an account already"),
        T(
            "有人用 {login} 注册或绑定账号，而该账号已经存在。请直接登录；忘记密码的，可在登录页重设。"
            f"{_IGNORE.zh}",
            f"Someone asked for an account with {{login}}, which has one already. Log in; if you forgot the "
            f"password, set a new one from the login page.{_IGNORE.en}",
        ),
        T(
            "【认定登记系统】该号码已有账号，请直接登录或重设密码。",
            "Accreditation register: this number has an account already; log in, or set a new password.",
        ),
    ),
    MessageEvent.ACCOUNT_UNKNOWN: Template(
        T("没有可用的账号", "There is no account to use"),
        T(
            f"有人请求重设 {{login}} 的密码，但没有与之对应的可用账号。需要账号的，请注册。{_IGNORE.zh}",
            f"Someone asked for a new password for {{login}}, which has no account in use. Sign up if you "
            f"need one.{_IGNORE.en}",
        ),
        T(
            "【认定登记系统】该号码没有可用的账号，需要账号的请注册。",
            "Accreditation register: this number has no account in use; sign up if you need one.",
        ),
    ),
    MessageEvent.ACCOUNT_ADDRESS_CHANGED: _account(
        T("登录方式已变更", "How you log in has changed"),
        T(
            "自 {today} 起，您的账号改用 {login} 登录。如非本人操作，请立即联系系统管理员。",
            "Since {today} your account is opened with {login}. If it was not you, tell the administrator "
            "at once.",
        ),
    ),
    MessageEvent.ACCOUNT_LOCKED: _account(
        T("您的账号暂时限制登录", "Logging in to your account is restricted"),
        T(
            "有人从网络地址 {network} 多次输错您账号的{what}，{until} 以前不再受理从该地址的登录。"
            "您可以从平时使用的网络照常登录；从没有登录过的网络登录，可能须等待。限制到时自动解除。当天再有限制，不另行通知。\n"
            "如非本人操作，请修改密码并联系系统管理员；急需登录的，管理员可以提前解除。",
            "From the network address {network} the {what} of your account was typed wrongly several "
            "times; nothing from there is looked at before {until}. From the network that you usually use "
            "you log in as ever; from others you may have to wait. The lock ends by itself. No more is "
            "written of further "
            "locks of the same day.\nIf it was not you, change your password and tell the administrator, who "
            "can also lift the lock.",
        ),
    ),
    MessageEvent.ACCOUNT_PASSWORD_RESET: _account(
        T("重设密码", "Set a new password"),
        T(
            "系统管理员请您重设账号 {login} 的密码：在登录页点“忘记密码”，填写该账号，"
            "用收到的验证码设置新密码。在此之前，原密码仍可使用；没有人会向您索要密码或验证码。",
            "An administrator asks you to set a new password for {login}: press “Forgot your password?” on "
            "the login page, give that address, and set it with the code that you are sent. Until then the "
            "old one opens the account. Nobody asks you for a password or a code.",
        ),
    ),
    MessageEvent.ACCOUNT_PASSWORD_CHANGED: _account(
        T("密码已修改", "Your password was changed"),
        T(
            "您的密码已于 {today} 修改。如非本人操作，请立即联系系统管理员。",
            "Your password was changed on {today}. If it was not you, tell the administrator at once.",
        ),
    ),
    MessageEvent.ACCOUNT_CHANGED_ON_MACHINE: _account(
        T("服务器上直接变更了账号：{login}", "An account was changed on the machine: {login}"),
        T(
            "{by} 于 {today} 在服务器上直接变更了账号 {login}：{what}。操作记录中已有记载；"
            "如无人安排，请立即查明。",
            "{by} changed the account {login} on the machine itself on {today}: {what}. The audit trail has "
            "it; if nobody was to do so, look into it at once.",
        ),
    ),
    MessageEvent.ACCOUNT_FACTOR_CHANGED: _account(
        T("双重验证已变更", "Your second factor was changed"),
        T(
            "您账号的双重验证已于 {today} 变更（启用、停用或更换）。如非本人操作，请立即联系系统管理员。",
            "The second factor of your account was set up, taken off or replaced on {today}. If it was not "
            "you, tell the administrator at once.",
        ),
    ),
    MessageEvent.ACCOUNT_FACTOR_RESET_OPENED: _account(
        T("申请停用双重验证", "Your second factor is to be taken away"),
        T(
            "有人以您遗失双重验证为由，申请停用您账号的双重验证，须由第二人确认。如非本人提出，请立即联系系统管理员。",
            "Somebody asked to take the second factor off your account, since you had lost it; a second "
            "person has to confirm that. If it was not you who lost it, tell the administrator at once.",
        ),
    ),
    MessageEvent.ACCOUNT_FACTOR_RESET: _account(
        T("双重验证已停用", "Your second factor was taken away"),
        T(
            "您账号的双重验证已于 {today} 停用，已登录的设备须重新登录。请登录后重新设置双重验证；"
            "如非本人提出，请立即联系系统管理员。",
            "The second factor was taken off your account on {today}, and every device has to log in again. "
            "Log in and set up another; if it was not you who lost it, tell the administrator at once.",
        ),
    ),
    MessageEvent.ACCOUNT_ROLES_CHANGED: _account(
        T("权限变更", "Your roles were changed"),
        T("您的角色和范围已变更为：{roles}", "Your roles and their scope are now: {roles}"),
    ),
    MessageEvent.ACCOUNT_VERIFIED: _account(
        T("主体核验通过", "Your organisation was verified"),
        T(
            "{party} 的账号和主体已核验通过，可以提交申请。",
            "{party} and its account were verified; you can apply now.",
        ),
    ),
    MessageEvent.ACCOUNT_NOT_VERIFIED: _account(
        T("主体核验未通过", "Your organisation was not verified"),
        T(
            "{party} 的核验申请未通过。\n原因：{reason}\n请登录系统更正资料或证照后，再次申请核验。",
            "{party} was not verified.\nReason: {reason}\n"
            "Log in, correct the data or the licence, and ask again.",
        ),
    ),
    MessageEvent.PARTY_MERGED: _account(
        T("重复登记的主体已合并", "Two registrations were merged"),
        T(
            "“{merged}”与“{organisation}”为同一主体，已于 {today} 合并，今后显示为“{organisation}”。\n"
            "原因：{reason}\n双方的账号、申请、认定和服务记录均予保留，双方成员均可办理；"
            "同一类别有两项有效认定的，后一项按重复登记终止，其编号仍可查验。如有异议，请联系认定机关。",
            "{merged} and {organisation} are one party. They were merged on {today} and are shown as "
            "{organisation} from now on.\nReason: {reason}\nAccounts, applications, accreditations and "
            "records of both stay, and the members of both act for them. Of two accreditations of one track "
            "the later one ends as a duplicate; its number can still be verified. If this is wrong, tell the "
            "authority.",
        ),
    ),
    MessageEvent.PARTY_PARTED: _account(
        T("主体合并已撤销", "Two parties stand apart again"),
        T(
            "“{merged}”与“{organisation}”的合并已于 {today} 撤销，今后分别显示。\n原因：{reason}\n"
            "因合并按重复登记终止的认定已恢复。",
            "The merger of {merged} and {organisation} was undone on {today}; they are shown apart again.\n"
            "Reason: {reason}\nWhat had ended as a duplicate stands as before.",
        ),
    ),
    MessageEvent.MEMBER_INVITED: Template(
        T("邀请您代表“{organisation}”办理业务", "An invitation to act for {organisation}"),
        T(
            "{inviter} 邀请您成为“{organisation}”的成员，在认定登记系统中代其办理业务。"
            "请在 {days_left} 天内打开下列链接，用收到本消息的邮箱或手机号登录后接受邀请"
            "（没有账号的，可先用它注册）：\n{address}{secret}\n链接只能使用一次，他人不能使用。",
            "{inviter} invites you to act for {organisation} in the accreditation register. Open this link "
            "within {days_left} days, logged in with the address that this was sent to (sign up with it if "
            "you have no account):\n{address}{secret}\nThe link works once, and for nobody else.",
        ),
        T(
            "【认定登记系统】{inviter} 邀请您代表“{organisation}”办理业务，{days_left} 天内有效："
            "{address}{secret}",
            "Accreditation register: {inviter} invites you to act for {organisation}: {address}{secret}",
        ),
    ),
    MessageEvent.MEMBER_JOINED: _account(
        T("新成员：{member}", "A new member: {member}"),
        T(
            "{member} 已接受邀请，可代表 {party} 办理业务。如有疑问，主要联系人可在成员页移除。",
            "{member} accepted the invitation and acts for {party} now. The main contact can remove members.",
        ),
    ),
    MessageEvent.MEMBER_REMOVED: _account(
        T("您不再代表“{organisation}”", "You act for {organisation} no longer"),
        T(
            "自 {today} 起，您不再是“{organisation}”的成员。",
            "Since {today} you are no longer a member of {organisation}.",
        ),
    ),
    MessageEvent.MEMBER_MAIN: _account(
        T("您已成为“{organisation}”的主要联系人", "You are the main contact of {organisation}"),
        T(
            "“{organisation}”的成员今后由您管理。",
            "From now on you manage the members of {organisation}.",
        ),
    ),
    MessageEvent.DIGEST: _account(
        T("待办事项（{total} 项）", "What waits for you ({total})"),
        T(
            "下列事项等待您办理：\n{items}\n\n可在“账号设置”中更改或停止此提醒。",
            "These wait for you:\n{items}\n\nChange or stop this reminder in your account settings.",
        ),
    ),
}
