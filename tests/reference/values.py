# SPDX-License-Identifier: MIT
"""Field text to numbers, instants and names (RULES 11 to 16)."""
import datetime as dt
import functools
import math
import re

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
EPOCH_DATE = dt.date(1970, 1, 1)


class Reject(Exception):
    pass


def trim(field):
    """Blanks (space, tab, no-break space) off both ends."""
    return field.strip(" \t\u00a0")


NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@functools.lru_cache(maxsize=200_000)
def number(field):
    text = trim(field)
    if text == "" or text.lower() == "null":
        return None
    if not NUMBER.fullmatch(text):
        raise Reject("number")
    value = float(text.replace(",", ""))
    if math.isinf(value):
        raise Reject("number_range")
    return value if value != 0 else 0.0


def whole(field):
    text = trim(field)
    if text == "" or text.lower() == "null":
        return None
    if not re.fullmatch(r"[+-]?[0-9]+(\.0*)?", text):
        raise Reject("version")
    value = int(text.split(".")[0])
    if not -2**31 < value < 2**31:
        raise Reject("version")
    return value


STAMP_US = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) +(\d{1,2}):(\d{2})(?::(\d{2}))?(?: *([AaPp][Mm]))?")
STAMP_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?"
                       r"(?:([Zz])|([+-])(\d{2}):?(\d{2}))?")


@functools.lru_cache(maxsize=200_000)
def stamp(field):
    """(seconds since 1970 of the digits as written, whether a fraction follows, offset in seconds or None)"""
    text = trim(field)
    if text == "" or text.lower() == "null":
        raise Reject("stamp_missing")
    fraction, offset = False, None
    m = STAMP_US.fullmatch(text)
    if m:
        month, day, year, hour, minute = (int(m[i]) for i in range(1, 6))
        second = int(m[6] or 0)
        if m[7]:
            if not 1 <= hour <= 12:
                raise Reject("stamp")
            hour = hour % 12 + (12 if m[7].lower() == "pm" else 0)
    else:
        m = STAMP_ISO.fullmatch(text)
        if not m:
            raise Reject("stamp")
        year, month, day, hour, minute = (int(m[i]) for i in range(1, 6))
        second = int(m[6] or 0)
        fraction = bool(m[7]) and int(m[7][:6].ljust(6, "0")) != 0
        if m[8]:
            offset = 0
        elif m[9]:
            if int(m[10]) > 23 or int(m[11]) > 59:
                raise Reject("stamp")
            offset = (int(m[10]) * 3600 + int(m[11]) * 60) * (1 if m[9] == "+" else -1)
    days = 0
    if hour == 24 and minute == 0 and second == 0:
        hour, days = 0, 1
    try:
        civil = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.timezone.utc) + dt.timedelta(days=days)
    except ValueError:
        raise Reject("stamp") from None
    return int((civil - EPOCH).total_seconds()), fraction, offset


def stamp_utc(field):
    civil, fraction, offset = stamp(field)
    utc = civil - (offset or 0)
    if not 0 <= utc < 2**32:
        raise Reject("stamp")
    return utc, fraction


def voltage(field):
    """(kV or None, whether it was understood)"""
    text = trim(field)
    if text == "" or text.lower() == "null":
        return None, True
    m = re.fullmatch(r"(.*?)[ \t]*(?:[kK][vV])?", text, re.DOTALL)
    if not NUMBER.fullmatch(m[1]):
        return None, False
    value = float(m[1].replace(",", ""))
    return (None, False) if math.isinf(value) else (value or 0.0, True)


def date_us(field):
    """Days since 1970 of M/D/YYYY or M/D/YY, two digits being 20yy (RULES 11)."""
    text = trim(field)
    if text == "" or text.lower() == "null":
        raise Reject("stamp_missing")
    m = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})", text)
    try:
        year = int(m[3]) + (2000 if len(m[3]) == 2 else 0)
        return (dt.date(year, int(m[1]), int(m[2])) - EPOCH_DATE).days
    except (TypeError, ValueError):
        raise Reject("stamp") from None


def date_iso(field):
    """Days since 1970 of YYYY-MM-DD, or None."""
    try:
        return (dt.date.fromisoformat(trim(field)) - EPOCH_DATE).days
    except ValueError:
        return None


def text_or_none(field):
    return trim(field) or None


def is_null(field):
    return trim(field).lower() in ("", "null")


def fold(name):
    """Header names and titles compare without blanks, underscores and case."""
    return re.sub(r"[ \t\u00a0_]", "", name).lower()


def plain_fields(record, n_names):
    """A record's fields as texts, at least as many as the header has; Reject for what no line may be."""
    _, _, raw, fields, reason = record
    if reason:
        raise Reject(reason)
    if b"\0" in raw:
        raise Reject("nul")
    try:
        fields = [f.decode("utf-8") for f in fields]
    except UnicodeDecodeError:
        raise Reject("utf8") from None
    if len(fields) < n_names:
        raise Reject("fields_few")
    if any(trim(f) for f in fields[n_names:]):
        raise Reject("fields_many")
    return fields
