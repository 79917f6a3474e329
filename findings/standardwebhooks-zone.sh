#!/usr/bin/env bash
# standardwebhooks signs another moment than the aware datetime that it is given.
#
# One expects: 09:00 in Shanghai and 01:00 UTC are one moment; `sign` gives one signature for both, and the receiver,
# who is sent that moment's timestamp, verifies it.
# What happens: the zone is dropped and the clock's figures are taken for UTC: the signature is that of a moment eight
# hours later. It verifies only for a datetime that is in UTC already; nothing is raised at signing.
# Why it matters: a register in China dates in its own zone. Every event of a status that changed is refused by those
# who subscribe, with a message that speaks of the signature, so the key is looked at first.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check standardwebhooks==1.1.0

"$folder/venv/bin/python" - <<'PYTHON'
import base64
import sys
from datetime import UTC, datetime, timedelta, timezone
from importlib.metadata import version

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

hook = Webhook("whsec_" + base64.b64encode(bytes(24)).decode())
utc = datetime.now(UTC).replace(microsecond=0)
shanghai = utc.astimezone(timezone(timedelta(hours=8)))
later = utc + timedelta(hours=8)


def verified(moment):
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": hook.sign("msg_1", moment, "{}"),
    }
    try:
        hook.verify("{}", headers)
    except WebhookVerificationError as error:
        return str(error)
    return True


assert utc == shanghai
seen = [
    verified(utc),
    verified(shanghai),
    hook.sign("msg_1", shanghai, "{}") == hook.sign("msg_1", later, "{}"),
]
RECORDED = [True, "No matching signature found", True]

print("standardwebhooks", version("standardwebhooks"))
print("expected", [True, True, False])
print("recorded", RECORDED)
print("seen    ", seen)
sys.exit(seen != RECORDED)
PYTHON
