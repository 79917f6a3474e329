"""No exit rule stands in this text: an accreditation ends with its agreement or at the party's request."""

from core.plugin_api import ExitRule

EXIT_RULES: tuple[ExitRule, ...] = ()
