"""Flask-Security's texts in Chinese: its own catalogue leaves most of them empty."""

from __future__ import annotations

from typing import Any

from core.web.frame.language import language

ZH: dict[str, str] = {
    "Email Address": "电子邮箱",
    "Identity": "电子邮箱或手机号码",
    "Password": "密码",
    "Remember Me": "在此设备上保持登录",
    "Login": "登录",
    "Sign In": "登录",
    "Logout": "退出登录",
    "Change Password": "修改密码",
    "New Password": "新密码",
    "Retype Password": "再次输入新密码",
    "Verify Password": "再次输入密码以确认身份",
    "Submit": "提交",
    "Submit Code": "提交验证码",
    "Authentication Code": "验证码",
    "Code or Password": "验证码或密码",
    "Passcode": "验证码",
    "Authenticator": "动态口令应用",
    "Set up using authenticator app": "使用动态口令应用",
    "Set up using an authenticator app (e.g. google, lastpass, authy)": "使用动态口令应用",
    "authenticator": "动态口令应用",
    "Google Authenticator": "动态口令应用",
    "Disable two factor authentication": "停用双重验证",
    "Disable": "停用",
    "Available Methods": "可选方式",
    "Available Second Factor Methods": "可选的验证方式",
    "Set Up Using": "设置方式",
    "Via Authenticator App": "使用动态口令应用",
    "none": "未设置",
    "None": "未设置",
    "Recovery Code": "恢复码",
    "Recovery Codes": "恢复码",
    "Enter Recovery Code": "输入恢复码",
    "Show Recovery Codes": "显示恢复码",
    "Generate New Recovery Codes": "生成新的恢复码",
    "Select": "选择",
    "Trouble Accessing Your Account?": "无法使用验证码？",
    "Trouble Accessing Your Account?/Lost Mobile Device?": "无法使用验证码，或手机遗失？",
    "Contact Administrator": "联系管理员",
    "Use previously downloaded recovery code": "使用已保存的恢复码",
    "Not able to log in": "无法登录",
    "Authentication failed - identity or password/passcode invalid": "账号、密码或验证码不正确",
    "You do not have permission to view this resource.": "您没有查看此内容的权限。",
    "You must sign in to view this resource.": "请先登录。",
    "You must reauthenticate to access this endpoint": "请再次确认身份后继续",
    "Password does not match": "密码不一致",
    "Passwords do not match": "两次输入的密码不一致",
    "Redirections outside the domain are forbidden": "不允许跳转到其他网站",
    "Invalid recovery code": "恢复码不正确",
    "Recovery code invalid": "恢复码不正确",
    "No recovery codes generated yet": "尚未生成恢复码",
    "Account is disabled.": "账号已停用。",
    "Email not provided": "请填写电子邮箱或手机号码",
    "Invalid email address": "电子邮箱格式不正确",
    "Invalid code": "验证码不正确",
    "Value entered is not valid for the field": "填写的内容不正确",
    "Password not provided": "请填写密码",
    "Password must be at least %(length)s characters": "密码至少 %(length)s 个字符",
    "Password not complex enough": "密码过于简单",
    "Invalid password": "密码不正确",
    "Invalid Password": "密码不正确",
    "Password or code submitted is not valid": "密码或验证码不正确",
    "Specified user does not exist": "邮箱/手机号或密码不正确",
    "Your new password must be different than your previous password.": "新密码不能与原密码相同。",
    "You successfully changed your password.": "密码已修改。",
    "Please log in to access this page.": "请先登录。",
    "Please reauthenticate to access this page.": "请再次确认身份后继续。",
    "Reauthentication successful": "身份已确认",
    "You can only access this endpoint when not logged in.": "您已登录。",
    "Code has been sent.": "验证码已发送。",
    "Your code has been confirmed": "验证码正确",
    "You successfully changed your two-factor method.": "双重验证已设置。",
    "You currently do not have permissions to access this page": "您目前无权访问此页",
    "Marked method is not valid": "所选方式不可用",
    "You successfully disabled two-factor authorization.": "双重验证已停用。",
    "Setup must be completed within %(within)s. Please start over.": (
        "设置须在 %(within)s 内完成，请重新开始。"
    ),
    "Use this code to sign in: %(code)s": "登录验证码：%(code)s",
    "Sign in with": "登录方式",
    "Input not appropriate for requested API": "请求内容不正确",
}


class Texts:
    """Stands in for the library's catalogue; English is what the library says."""

    def gettext(self, string: str, **variables: Any) -> str:
        """The text in the language of the page."""
        text = ZH.get(string, string) if language() == "zh" else string
        return text % variables if variables else text

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> str:
        """The text for a number of things."""
        return self.gettext(singular if num == 1 else plural, num=num, **variables)

    @staticmethod
    def format_list(items: list[str], **_options: Any) -> str:
        """A list in a sentence."""
        return ("、" if language() == "zh" else ", ").join(items)
