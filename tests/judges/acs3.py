"""Signs what Schemathesis sends to the Aliyun sandbox: ACS3-HMAC-SHA256 covers path, query and body, so that no
header which is given beforehand can be right. Only requests that carry PLACEHOLDER are signed: those that Schemathesis
sends without credentials, or with wrong ones, stay as they are."""

import hashlib
import hmac
import os
import uuid
from datetime import datetime, timezone
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import schemathesis

PLACEHOLDER = "ACS3-HMAC-SHA256 to be signed"
VERSION = "2021-06-25"


def encoded(text):
    return quote(text, safe="-_.~")


def pairs(query):
    return "&".join(f"{encoded(name)}={encoded(value)}" for name, value in sorted(parse_qsl(query, keep_blank_values=True)))


class Signature:
    def __init__(self, action):
        self.action = action

    def __call__(self, request):
        if request.headers.get("Authorization") != PLACEHOLDER:
            return request
        url = urlsplit(request.url)
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        digest = hashlib.sha256(body).hexdigest()
        signed = {
            "host": url.netloc,
            "x-acs-action": self.action,
            "x-acs-version": VERSION,
            "x-acs-date": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-content-sha256": digest,
        }
        request.headers.update({name: value for name, value in signed.items() if name != "host"})
        if "Content-Type" in request.headers:
            content_type = request.headers["Content-Type"]
            signed["content-type"] = content_type.decode() if isinstance(content_type, bytes) else content_type
        names = sorted(signed)
        path = "/".join(encoded(unquote(part)) for part in url.path.split("/")) or "/"
        lines = "".join(f"{name}:{signed[name].strip()}\n" for name in names)
        canonical = "\n".join([request.method, path, pairs(url.query), lines, ";".join(names), digest])
        text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
        secret = os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"].encode()
        signature = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
        key = os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"]
        request.headers["Authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders={';'.join(names)},Signature={signature}"
        )
        return request


@schemathesis.hook
def before_call(context, case, kwargs):
    kwargs["auth"] = Signature(case.operation.definition.raw["x-acs-action"])
