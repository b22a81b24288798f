"""Verify webhooks of the Twenty CRM, with nothing but Python's standard library.

python3 verify.py vectors.json    runs the golden vectors
"""

import base64
import hashlib
import hmac
import json
import re
import sys

TOLERANCE_MS = 300_000



class Refused(Exception):
    """What is wrong with a delivery, as a code: SIGNATURE_MISMATCH."""


def verify(headers, body, secrets, now_ms):
    """Check that Twenty signed exactly these bytes. `headers` has its names in lower case; `secrets` is a list.

    Give the body as it arrived, never one that was parsed and written again.
    """
    if not secrets or not all(secrets):
        raise ValueError("no secret: with an empty one anybody can sign")
    signature = headers.get("x-twenty-webhook-signature")
    timestamp = headers.get("x-twenty-webhook-timestamp")
    # One header of the newer scheme decides for it, so that nobody gets around the time window by leaving one out.
    if signature is not None or timestamp is not None:
        if not signature:
            raise Refused("SIGNATURE_MISSING")
        if not timestamp:
            raise Refused("TIMESTAMP_MISSING")
        if len(signature) != 64:
            raise Refused("SIGNATURE_MALFORMED")
        if not re.fullmatch(r"[1-9][0-9]{0,14}", timestamp):
            raise Refused("TIMESTAMP_MALFORMED")
        check_hmac(signature, timestamp.encode() + b":" + body, secrets)
        # Only of a genuine signature: an old forgery is a forgery.
        age_ms = now_ms - int(timestamp)
        if age_ms > TOLERANCE_MS:
            raise Refused("TIMESTAMP_TOO_OLD")
        if age_ms < -TOLERANCE_MS:
            raise Refused("TIMESTAMP_IN_FUTURE")
        return
    plain = headers.get("x-twenty-signature")
    if not plain:
        raise Refused("SIGNATURE_MISSING")
    if len(plain) != 71 or not plain.startswith("sha256="):
        raise Refused("SIGNATURE_MALFORMED")
    check_hmac(plain[7:], body, secrets)


def check_hmac(signature, signed, secrets):
    if not re.fullmatch(r"[0-9a-fA-F]{64}", signature):
        raise Refused("SIGNATURE_MALFORMED")
    # The secret is text, also where it looks like hex. Every one is compared, in constant time.
    macs = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    if not any([hmac.compare_digest(mac, signature.lower()) for mac in macs]):
        raise Refused("SIGNATURE_MISMATCH")


def parse(body):
    """Read a verified body."""
    if body == b"":
        raise Refused("BODY_EMPTY")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("BODY_NOT_UTF8") from None
    try:
        event = json.loads(text)
    except ValueError:
        raise Refused("BODY_NOT_JSON") from None
    if not isinstance(event, dict) or not (event.get("eventName") or event.get("event")):
        raise Refused("BODY_NOT_EVENT")
    return event


# The first member of that name, and its value if that is a text.
EVENT_DATE = rb'(?<!\\)"eventDate"[ \t\r\n]*:[ \t\r\n]*("[^"\\]*(?:\\.[^"\\]*)*")?'


def event_id(event, body):
    """The same for every delivery of one event: remember it, and handle it once.

    A delivery that Twenty makes twice differs in `eventDate` alone. It is left out where `updatedAt` tells two changes apart.
    """
    if not event.get("eventName") and event.get("id"):
        return event["id"]
    record = event.get("record")
    if isinstance(record, dict) and record.get("updatedAt") is not None:
        date = re.search(EVENT_DATE, body, re.DOTALL)
        body = body[: date.start(1)] + body[date.end(1) :] if date and date[1] else body
    return "evt_" + hashlib.sha256(body).hexdigest()[:32]


def run(vector):
    """What this file says to a golden vector, beside what is right."""
    body = base64.b64decode(vector["bodyBase64"])
    try:
        verify(vector["headers"], body, vector["secrets"], vector["now"])
        event = parse(body)
        said = "valid", event.get("eventName") or event.get("event"), event_id(event, body)
    except Refused as refusal:
        said = str(refusal), None, None
    return said, (vector["expect"], vector["event"], vector["id"])


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        vectors = json.load(file)["vectors"]
    results = [(vector["name"], *run(vector)) for vector in vectors]
    for name, said, right in results:
        if said != right:
            print(f"{name}: {said} instead of {right}")
    passed = sum(said == right for _, said, right in results)
    print(f"{passed} of {len(results)}")
    sys.exit(0 if passed == len(results) else 1)
