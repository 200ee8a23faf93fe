"""Makes three of four well-formed requests name pairs that exist, open pairs that can be opened, and use new keys. Purely
random requests would almost all end at a 404 or a 422, and reach nothing behind that. Ill-formed requests stay as they
are."""

import itertools
import os

import schemathesis

PAIRS = os.environ["PAIRS"].split()
# The pairs that requests may complete and close; the others stay open.
PASSING = PAIRS[: len(PAIRS) // 3]
EXPIRIES = [
    {"kind": "fixed", "after": "4h", "warn_before": "10m", "warning": "Soon.", "extend": "30m"},
    {"kind": "fixed", "at": "2099-03-10T16:05:00+01:00", "hard_cap": "7d"},
    {"kind": "sliding", "idle": "2h"},
    {"kind": "after_completion", "grace": "30m", "hard_cap": "24h"},
    {"kind": "after_completion"},
]
count = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    n = next(count)
    if case.meta is None or case.meta.generation.mode != "positive" or n % 4 == 0:
        return
    path, parameters = case.operation.path, case.path_parameters or {}
    if case.headers and "Idempotency-Key" in case.headers and n % 8 != 1:
        case.headers["Idempotency-Key"] = f"key-{n}"
    if path.startswith("/pairs/{id}"):
        ends = path.endswith(("/completion", "/closure"))
        parameters["id"] = (PASSING if ends else PAIRS)[n % len(PASSING if ends else PAIRS)]
        if "alias" in parameters:
            parameters["alias"] = ["Fisher", "Helper"][n // 4 % 2]
    elif case.operation.label == "POST /pairs" and isinstance(case.body, dict):
        parties = [{"phone": f"+1505555{n % 9000 + k:04d}", "alias": alias} for k, alias in enumerate(["Fisher", "Helper", "Ada"])]
        case.body.update(expiry=EXPIRIES[n % len(EXPIRIES)], parties=parties[: 2 + n // 4 % 2])
        case.body["welcome"] = {"Fisher": "Your helper is on the way."} if n % 3 else None
    elif case.operation.label == "POST /endpoints" and isinstance(case.body, dict):
        case.body.update(url=f"https://app.example.com/{n}", events=["*"] if n % 3 else ["pair.opened", "late_text.held"])
